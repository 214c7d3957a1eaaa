import type { ClusterClient } from '../../clusters/cluster-client.js';
import type { KubeObject, ObjectReference } from '../../resources/meta/kube-object.js';
import { ANNOTATIONS } from '../../resources/meta/labels.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { createdOnTarget, isMadeByPlan, isMadeByRun } from '../kit/provenance.js';

/**
 * Records the namespaces, claims and volumes on the target that the run made and could not tell of: an activity that was canceled, or
 * killed and not repeated, in the moment of their making has left them to this. Without it no rollback would remove them.
 */
export async function recordMade(
  { store }: ActivityDependencies,
  { run, record, target }: { run: RunRef; record: RunRecord; target: ClusterClient },
  signal: AbortSignal,
): Promise<void> {
  const read = async (reference: ObjectReference): Promise<KubeObject[]> => {
    const object = await target.get(reference, { signal });
    return object ? [object] : [];
  };
  const namespaces = record.namespaces.map(({ target: name }) => ({ apiVersion: 'v1', kind: 'Namespace', name }));
  const claims = record.volumes.map(({ target: { namespace, claim: name } }) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    namespace,
    name,
  }));
  const found = (await Promise.all([...namespaces, ...claims].map(read))).flat();
  const made = found.filter((object) => isMadeByRun(object, record));
  const names: string[] = made.flatMap(({ spec }) => spec?.volumeName ?? []);
  const volumes = (
    await Promise.all(names.map((name) => read({ apiVersion: 'v1', kind: 'PersistentVolume', name })))
  ).flat();
  const retained = volumes.filter(
    (volume) =>
      isMadeByPlan(volume, record) && volume.metadata.annotations?.[ANNOTATIONS.originalReclaimPolicy] !== undefined,
  );
  await store.runs.recordCreated(
    run,
    [...made, ...retained].map((object) => createdOnTarget(record, object)),
  );
}
