import type { Kubectl } from '../../lab/client/kubectl.js';
import { NAMESPACE } from '../../lab/client/migrations.js';

/** BackupStorageLocation, and its Secret, that whoever works by hand has on both clusters. */
export const LOCATION = 'bench-by-hand';

export async function makeLocation(cluster: Kubectl, values: Record<string, string>): Promise<void> {
  const metadata = { name: LOCATION, namespace: NAMESPACE };
  const credentials = `[default]\naws_access_key_id=${values.S3_ACCESS_KEY}\naws_secret_access_key=${values.S3_SECRET_KEY}\n`;
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata, stringData: { cloud: credentials } };
  const location = {
    apiVersion: 'velero.io/v1',
    kind: 'BackupStorageLocation',
    metadata,
    spec: {
      provider: 'aws',
      backupSyncPeriod: '0s',
      objectStorage: { bucket: values.S3_BUCKET, prefix: LOCATION },
      config: {
        region: values.S3_REGION,
        s3Url: values.S3_URL,
        s3ForcePathStyle: 'true',
        checksumAlgorithm: '',
      },
      credential: { name: LOCATION, key: 'cloud' },
    },
  };
  await cluster.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [secret, location] }));
  await cluster.run([
    ...['-n', NAMESPACE, 'wait', `backupstoragelocations.velero.io/${LOCATION}`],
    ...['--for=jsonpath={.status.phase}=Available', '--timeout=120s'],
  ]);
}

export async function removeLocation(cluster: Kubectl): Promise<void> {
  for (const kind of ['backupstoragelocations.velero.io', 'secret']) {
    await cluster.run(['-n', NAMESPACE, 'delete', kind, LOCATION, '--ignore-not-found']);
  }
}
