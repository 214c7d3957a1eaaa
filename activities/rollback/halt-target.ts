import type { ClusterClient } from '../../clusters/cluster-client.js';
import { type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { removalStageOf } from '../../resources/rollback/rollback-list.js';
import type { RecordedObject } from '../../resources/run/created-object.js';
import type { RunRef } from '../../resources/run/run-record.js';
import { isWorkload } from '../../resources/workloads/quiesce.js';
import { WORKLOAD_KINDS } from '../../resources/workloads/workload-kinds.js';
import { type ActivityDependencies, clusterOf } from '../kit/dependencies.js';
import { withPulse } from '../kit/pulse.js';
import { recordWhileRunning } from '../kit/while-running.js';
import { bringDown } from '../workloads/bring-down.js';
import { isAmong, keepersOf } from '../workloads/pods-of.js';
import { pauseScalers } from '../workloads/restored-scalers.js';
import { findCreations, readCreations } from './created-objects.js';
import { readClaims, recordDiscards } from './discards.js';
import { refuseForeignUsers } from './foreign-users.js';
import { refuseUnlessRollback } from './refuse-unless-rollback.js';

/** Fails before anything is halted when pods that are not ours use claims of ours: then the target keeps running, and the source stays down. */
export async function haltTarget(deps: ActivityDependencies, { run }: { run: RunRef }): Promise<{ workloads: number }> {
  const record = await deps.store.runs.record(run);
  refuseUnlessRollback(record);
  const client = await clusterOf(deps, record, 'target');
  const creations = await readCreations(deps, record);
  const namespaces = [...new Set(creations.objects.flatMap(({ namespace }) => namespace ?? []))];
  const wait = {
    waitingFor: 'the last pod of the migrated applications to end',
    where: `cluster ${client.name}, namespaces ${namespaces.join(', ')}`,
    patienceSeconds: record.settings.patience.quiesce,
    next: 'Find out why the pods named here do not end. The source is not started while they run.',
  };
  return withPulse(wait, async (pulse) => {
    const { signal } = pulse;
    const { ours } = await findCreations(client, creations.objects.filter(isNamespaced), creations, signal);
    const inUse = await readClaims(client, creations, { beside: ours, signal });
    // After a conversion it is the application itself that uses the claims; it is halted next and given the former ones.
    if (!record.converted) {
      await refuseForeignUsers(client, { ...inUse, creations }, isAmong(client, ours, { signal }));
    }
    // From here on there is no way back, whatever happens to the workflow.
    await recordWhileRunning(deps, run, { rollbackBegun: true });
    await recordDiscards(deps, run, record, inUse);
    const workloads = ours.filter((object) => isWorkloadKind(object) && isWorkload(object));
    const deleted = [
      ...ours.filter(({ kind }) => kind === 'Pod'),
      // The source starts while the rest is removed: what an operator would keep running must be removed before.
      ...(await keptByOperators(client, ours, inUse.pods, signal)),
    ];
    await recordDeleted(deps, run, deleted);
    // KEDA would start again what is scaled down; its ScaledObjects are removed with the rest.
    await pauseScalers(client, ours, { signal });
    const halted = { planUid: record.plan.uid, run, namespaces, workloads, deleted };
    return { workloads: await bringDown(client, halted, pulse) };
  });
}

/** Custom resources among these objects that an operator keeps pods for. */
async function keptByOperators(
  client: ClusterClient,
  objects: readonly KubeObject[],
  pods: readonly KubeObject[],
  signal: AbortSignal,
): Promise<KubeObject[]> {
  const keepers = keepersOf(client, { signal });
  const found = new Set<string>();
  for (const pod of pods) {
    for await (const { uid } of keepers(pod)) found.add(uid);
  }
  return objects.filter((object) => !isWorkloadKind(object) && found.has(object.metadata.uid ?? ''));
}

/** What is removed before the rest is counted with it; a repeated activity finds it gone. */
async function recordDeleted(
  { store }: ActivityDependencies,
  run: RunRef,
  deleted: readonly KubeObject[],
): Promise<void> {
  const known = (await store.runs.get(run))?.facts.rollbackDeleted ?? [];
  const uids = new Set(known.map(({ uid }) => uid));
  const added = deleted
    .filter(({ metadata }) => !uids.has(metadata.uid ?? ''))
    .map((object) => ({ ...referenceOf(object), uid: object.metadata.uid ?? '' }));
  if (added.length > 0) await store.runs.addFacts(run, { rollbackDeleted: [...known, ...added] });
}

const isNamespaced = (object: RecordedObject): boolean => removalStageOf(object) === 'objects';

const isWorkloadKind = (object: KubeObject): boolean => WORKLOAD_KINDS.some(({ kind }) => kind === object.kind);
