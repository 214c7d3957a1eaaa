import type { LabImages } from './images/images.js';
import { registryHost } from './images/registry.js';
import type { Credentials } from './machine/credentials.js';
import { bucket, objectStoreUrl, region } from './machine/object-store.js';
import type { Slot } from './machine/slot.js';

/** Everything a test or a service needs to find the lab, as environment variables. */
export function labEnvironment(
  slot: Slot,
  credentials: Credentials,
  programs: string,
  images: Pick<LabImages, 'transfer' | 'sampleApp' | 'hookRunner'>,
): Record<string, string> {
  return {
    SOURCE_KUBECONFIG: `${slot.clusters.source.folder}/kubeconfig`,
    TARGET_KUBECONFIG: `${slot.clusters.target.folder}/kubeconfig`,
    S3_URL: objectStoreUrl(slot),
    S3_BUCKET: bucket,
    S3_REGION: region,
    S3_ACCESS_KEY: credentials.s3AccessKey,
    S3_SECRET_KEY: credentials.s3SecretKey,
    REGISTRY: registryHost,
    TRANSFER_IMAGE: images.transfer.name,
    SAMPLE_APP_IMAGE: images.sampleApp.name,
    HOOK_RUNNER_IMAGE: images.hookRunner.name,
    LAB_BIN: programs,
  };
}

/** Lines for a shell's `eval`; values are quoted. */
export function exportLines(environment: Record<string, string>): string {
  return Object.entries(environment)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'`)
    .join('\n');
}
