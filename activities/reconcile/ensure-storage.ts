import pRetry from 'p-retry';
import type { ClusterClient } from '../../clusters/cluster-client.js';
import { KubernetesApiError } from '../../clusters/kubernetes-api-error.js';
import type { StorageAccess } from '../../object-storage/object-store.js';
import type { ConditionFinding } from '../../resources/meta/conditions.js';
import { StepFailure } from '../../resources/meta/failure.js';
import { critical, required } from '../../resources/meta/findings.js';
import { ensureBackupLocation } from '../velero/ensure-backup-location.js';

/** A running Velero looks at a new location within seconds. */
const PATIENCE_MS = 20_000;
const RETRIES = 5;
const FIRST_PAUSE_MS = 200;

/** Puts the replication repository on both clusters; StorageEnsured when the Velero of each can use it. */
export async function ensureStorage(
  clients: readonly ClusterClient[],
  access: StorageAccess,
  storageUid: string,
): Promise<ConditionFinding[]> {
  const problems = (await Promise.all(clients.map((client) => ensureOn(client, access, storageUid)))).flat();
  if (problems.length === 0) {
    return [required('StorageEnsured', 'Done', 'The replication repository can be used on both clusters.')];
  }
  return [
    critical(
      'BackupStorageLocationUnavailable',
      'Unavailable',
      `The replication repository ${access.name} cannot be used by Velero: []`,
      problems,
    ),
  ];
}

async function ensureOn(client: ClusterClient, access: StorageAccess, storageUid: string): Promise<string[]> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    const { phase, message } = await pRetry(() => ensureBackupLocation(client, access, storageUid, { signal }), {
      retries: RETRIES,
      minTimeout: FIRST_PAUSE_MS,
      randomize: true,
      signal,
      // What passes by itself is not reported: it would make a plan not Ready, and a run that begins just then fail.
      shouldRetry: ({ error }) => error instanceof KubernetesApiError && error.retryable,
    });
    if (phase === 'Available') return [];
    return [
      `on cluster ${client.name} ${message ?? 'for a reason it does not tell'}. See that the cluster reaches the store.`,
    ];
  } catch (error) {
    if (error instanceof StepFailure || error instanceof KubernetesApiError) return [error.message];
    if (!signal.aborted) throw error;
    return [
      `on cluster ${client.name} it did not look at the location within ${PATIENCE_MS / 1000} s. See that deployment velero runs in namespace openshift-migration.`,
    ];
  }
}
