import pLimit from 'p-limit';
import type { ClusterClient } from '../../clusters/cluster-client.js';
import type { KubeObject, ObjectReference } from '../../resources/meta/kube-object.js';
import { ANNOTATIONS } from '../../resources/meta/labels.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import { CONCURRENCY } from '../kit/concurrency.js';
import { type ActivityDependencies, clusterOf } from '../kit/dependencies.js';
import { createdOnTarget, isMadeByPlan, isMadeByRun } from '../kit/provenance.js';
import { withPulse } from '../kit/pulse.js';

/**
 * Records the namespaces, claims and volumes on the target that the run made and could not report: an activity that was canceled, or
 * killed and not repeated, just after it had made them leaves them to this. Without it no rollback would remove them.
 */
export async function recordMade(deps: ActivityDependencies, { run }: { run: RunRef }): Promise<void> {
  const record = await deps.store.runs.record(run);
  const target = await clusterOf(deps, record, 'target');
  // Each call has its own time limit, and Temporal that of the activity.
  const wait = { waitingFor: 'what the migration has made on the target', where: `cluster ${target.name}` };
  const made = await withPulse(wait, ({ signal }) => findMade(target, record, signal));
  await deps.store.runs.recordCreated(
    run,
    made.map((object) => createdOnTarget(record, object)),
  );
}

async function findMade(target: ClusterClient, record: RunRecord, signal: AbortSignal): Promise<KubeObject[]> {
  const limited = pLimit(CONCURRENCY.objects);
  const read = async (references: readonly ObjectReference[]): Promise<KubeObject[]> => {
    const found = await Promise.all(references.map((reference) => limited(() => target.get(reference, { signal }))));
    return found.flatMap((object) => object ?? []);
  };
  const namespaces = record.namespaces.map(({ target: name }) => ({ apiVersion: 'v1', kind: 'Namespace', name }));
  const claims = record.volumes.map(({ target: { namespace, claim: name } }) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    namespace,
    name,
  }));
  const made = (await read([...namespaces, ...claims])).filter((object) => isMadeByRun(object, record));
  const names: string[] = made.flatMap(({ spec }) => spec?.volumeName ?? []);
  const volumes = await read(names.map((name) => ({ apiVersion: 'v1', kind: 'PersistentVolume', name })));
  const retained = volumes.filter(
    (volume) =>
      isMadeByPlan(volume, record) && volume.metadata.annotations?.[ANNOTATIONS.originalReclaimPolicy] !== undefined,
  );
  return [...made, ...retained];
}
