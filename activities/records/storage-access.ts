import { createHash } from 'node:crypto';
import type { CredentialAddress } from '../../migrations-db/migration-store.js';
import type { StorageAccess } from '../../object-storage/object-store.js';
import type { MigStorage } from '../../resources/kinds/mig-storage.js';
import { shownAddress } from '../../resources/meta/user-info.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { type CredentialUse, readCredential } from '../kit/stored-credential.js';

/** The value that must stay secret; the id of the access key is sent with every request. */
const SECRET_KEY = 'aws-secret-access-key';
const NOT_VERIFIED = 'not verified';

/**
 * A replication repository with its newest credentials; undefined when its Secret is not named or not there.
 *
 * @param options.untried the caller will try them: they are not tied to the address yet
 * @throws CredentialForOtherAddress
 */
export async function readStorageAccess(
  { store, addresses }: Pick<ActivityDependencies, 'store' | 'addresses'>,
  { metadata, spec }: MigStorage,
  { untried = false }: { untried?: boolean } = {},
): Promise<StorageAccess | undefined> {
  const ref = spec.backupStorageConfig.credsSecretRef;
  const address = addressOf(spec.backupStorageConfig);
  const found =
    ref &&
    (await readCredential(store, {
      secret: ref,
      key: SECRET_KEY,
      user: `MigStorage ${metadata.name}`,
      admits: (tied) => admits(tied, address),
      wanted: describe(address),
      describe,
      first: async () => (untried ? undefined : address),
    } satisfies CredentialUse));
  if (!found) return undefined;
  const entries = Object.entries(found.values).map(([key, value]) => [key, value.toString('utf8')]);
  return { name: metadata.name, spec, credentials: Object.fromEntries(entries), ...addresses };
}

/** What Velero and this service send requests to, and how it proves itself. */
function addressOf(config: MigStorage['spec']['backupStorageConfig']): CredentialAddress {
  const { awsS3Url, awsRegion, awsBucketName = '', s3CustomCABundle, insecure } = config;
  return {
    endpoint: awsS3Url ? (URL.parse(awsS3Url)?.origin ?? shownAddress(awsS3Url)) : 'AWS',
    region: awsRegion || 'us-east-1',
    bucket: awsBucketName,
    authorities: insecure ? NOT_VERIFIED : s3CustomCABundle ? hashOf(s3CustomCABundle) : 'public',
  };
}

const hashOf = (bundle: string): string =>
  createHash('sha256').update(Buffer.from(bundle, 'base64').toString('utf8').trim()).digest('hex');

/** Where nothing was verified, anything that is verified is safer. */
const admits = (tied: CredentialAddress, wanted: CredentialAddress): boolean =>
  ['endpoint', 'region', 'bucket'].every((part) => tied[part] === wanted[part]) &&
  [wanted.authorities, NOT_VERIFIED].includes(tied.authorities ?? '');

function describe({ endpoint, region, bucket, authorities = '' }: CredentialAddress): string {
  const how =
    authorities === NOT_VERIFIED
      ? NOT_VERIFIED
      : `verified by ${authorities === 'public' ? 'public authorities' : `CA bundle ${authorities.slice(0, 12)}`}`;
  return `bucket ${bucket} in region ${region} of ${endpoint}, ${how}`;
}
