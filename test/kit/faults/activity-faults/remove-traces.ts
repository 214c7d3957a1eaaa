import { BACKUP, BACKUP_STORAGE_LOCATION, VELERO_API } from '../../../../activities/velero/velero-objects.js';
import type { ApiType, ClusterClient } from '../../../../clusters/cluster-client.js';
import { waitUntilGone } from '../../../../clusters/wait-for.js';
import { referenceOf } from '../../../../resources/meta/kube-object.js';
import type { ActivityScene } from './activity-scene.js';
import { isTraceOf, listTraces } from './end-state.js';
import { SIDES } from './sides.js';

const NAMESPACE: ApiType = { apiVersion: 'v1', kind: 'Namespace' };
const VOLUME: ApiType = { apiVersion: 'v1', kind: 'PersistentVolume' };

/** Removes everything of a scene from both clusters, which is gone when this resolves, and then its proxies. */
export async function removeTraces(scene: ActivityScene): Promise<void> {
  await Promise.all(SIDES.map((side) => removeFrom(scene, scene[side])));
  await Promise.all(SIDES.map((side) => scene.proxies[side][Symbol.asyncDispose]()));
}

async function removeFrom(scene: ActivityScene, client: ClusterClient): Promise<void> {
  const { items: namespaces } = await client.list(NAMESPACE);
  const { items: volumes } = await client.list(VOLUME);
  await emptyStore(scene, client);
  const outside = await listTraces(scene, client);
  const ours = [...namespaces.filter((object) => isTraceOf(scene, object)), ...outside];
  for (const object of ours) await client.remove(referenceOf(object), { gracePeriodSeconds: 0 });
  for (const object of ours) await waitUntilGone(client, referenceOf(object), { uid: object.metadata.uid });
  for (const volume of volumes.filter(({ spec }) => spec.claimRef?.namespace?.includes(scene.id))) {
    await client.remove(referenceOf(volume));
  }
}

/** What a Backup has put into the object store is removed by the Velero that made it, as long as it knows the location. */
async function emptyStore(scene: ActivityScene, client: ClusterClient): Promise<void> {
  if (client !== scene.source) return;
  const traces = await listTraces(scene, client);
  if (!traces.some(({ kind }) => kind === BACKUP_STORAGE_LOCATION.kind)) return;
  for (const { metadata } of traces.filter(
    ({ kind, status }) => kind === BACKUP.kind && status?.phase === 'Completed',
  )) {
    const { name, namespace } = metadata;
    await client.create({
      apiVersion: VELERO_API,
      kind: 'DeleteBackupRequest',
      metadata: { name, namespace },
      spec: { backupName: name },
    });
    await waitUntilGone(client, { ...BACKUP, namespace, name });
  }
}
