import type { ClusterClient } from '../../clusters/cluster-client.js';
import { waitForObject, waitUntilGone } from '../../clusters/wait-for.js';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import { describeReference, type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { LABELS, MIGRATION_NAMESPACE, PART_OF } from '../../resources/meta/labels.js';
import type { Pulse } from '../kit/pulse.js';
import { untilFirst } from '../kit/until-first.js';
import { DELETE_BACKUP_REQUEST, inVelero, sentence } from './velero-objects.js';
import { watchingServer } from './watching-server.js';

/**
 * Has a cluster's Velero delete a Backup that has ended, with what the bucket holds of it, and waits until the object is gone.
 *
 * @throws StepFailure BackupFailed in Velero's words when it could not
 */
export async function deleteBackup(client: ClusterClient, backup: KubeObject, pulse: Pulse): Promise<void> {
  const { name, uid } = backup.metadata;
  const request = inVelero(DELETE_BACKUP_REQUEST, name);
  await askAgain(client, request, backup, pulse.signal);
  const waitingFor = `${describeReference(referenceOf(backup))} to be deleted`;
  await watchingServer(client, pulse, waitingFor, ({ signal }) =>
    untilFirst(signal, [
      (common) => waitUntilGone(client, referenceOf(backup), { uid, signal: common }),
      (common) => refused(client, request, common),
    ]),
  );
  await client.remove(request, { signal: pulse.signal });
}

/** Velero does not look twice at a request: one that was answered with errors makes room for the next. */
async function askAgain(
  client: ClusterClient,
  request: ReturnType<typeof inVelero>,
  backup: KubeObject,
  signal: AbortSignal,
): Promise<void> {
  const { name, uid = '' } = backup.metadata;
  const earlier = await client.get(request, { signal });
  if (earlier?.status?.phase === 'Processed') {
    await client.remove(request, { uid: earlier.metadata.uid, signal });
    await waitUntilGone(client, request, { uid: earlier.metadata.uid, signal });
  }
  const labels = {
    [LABELS.partOf]: PART_OF,
    'velero.io/backup-name': name.slice(0, 63),
    'velero.io/backup-uid': uid,
  };
  const { apiVersion, kind, ...metadata } = request;
  await client.createIfAbsent(
    { apiVersion, kind, metadata: { ...metadata, labels }, spec: { backupName: name } },
    { signal },
  );
}

async function refused(
  client: ClusterClient,
  request: ReturnType<typeof inVelero>,
  signal: AbortSignal,
): Promise<void> {
  const answered = await waitForObject(client, request, ({ status }) => (status?.errors ?? []).length > 0, { signal });
  throw new StepFailure({
    type: FAILURE.BackupFailed,
    what: `Velero could not delete Backup ${request.name}`,
    where: `cluster ${client.name}, namespace ${MIGRATION_NAMESPACE}`,
    why: sentence(answered.status.errors.join(' ')),
    next: `Fix the cause, then: velero -n ${MIGRATION_NAMESPACE} backup delete ${request.name}.`,
  });
}
