import { X509Certificate } from 'node:crypto';
import type { MigStorage } from '../../resources/kinds/mig-storage.js';
import { LONGEST_CA_BUNDLE } from '../../resources/meta/pem-certificates.js';

/** What is wrong with the settings of an S3 repository, each as `field: what to write`. Values of the Secret are never named. */
export function storageSettingProblems(
  { backupStorageConfig: config }: MigStorage['spec'],
  credentials: Record<string, string | undefined>,
): string[] {
  const problems: string[] = [];
  for (const key of ['aws-access-key-id', 'aws-secret-access-key']) {
    if (!credentials[key]?.trim()) problems.push(`key ${key} of the Secret: missing or empty`);
  }
  if (!config.awsBucketName) problems.push('awsBucketName: not set');
  for (const field of ['awsS3Url', 'awsPublicUrl'] as const) {
    if (config[field] && !isWebAddress(config[field])) {
      problems.push(`${field}: not an address that begins with https:// or http://`);
    }
  }
  if ((config.s3CustomCABundle?.length ?? 0) > LONGEST_CA_BUNDLE) {
    problems.push(`s3CustomCABundle: more than ${LONGEST_CA_BUNDLE} characters`);
  } else if (config.s3CustomCABundle && !isCaBundle(config.s3CustomCABundle)) {
    problems.push('s3CustomCABundle: not base64 of PEM certificates');
  }
  return problems;
}

const isWebAddress = (text: string): boolean => ['http:', 'https:'].includes(URL.parse(text)?.protocol ?? '');

function isCaBundle(base64: string): boolean {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64')).subject !== undefined;
  } catch {
    return false;
  }
}
