import type { ClusterClient } from '../../clusters/cluster-client.js';
import { describeReference, type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { LABELS } from '../../resources/meta/labels.js';
import { describeDiscard, mountedBy } from '../../resources/rollback/discards.js';
import { type RemovalStage, removalStageOf } from '../../resources/rollback/rollback-list.js';
import type { RecordedObject } from '../../resources/run/created-object.js';
import type { Removal, RunFacts } from '../../resources/run/facts.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import { type ActivityDependencies, clusterOf } from '../kit/dependencies.js';
import { type Pulse, withPulse } from '../kit/pulse.js';
import { removeObjects } from '../kit/remove-objects.js';
import { keepInRunLog } from '../kit/run-log.js';
import { refuseIfEnded } from '../kit/while-running.js';
import { isAmong } from '../workloads/pods-of.js';
import { untilPodsGone } from '../workloads/until-pods-gone.js';
import { findCreations, type PlanCreations, readCreations } from './created-objects.js';
import { podsBeside } from './discards.js';
import { refuseForeignUsers } from './foreign-users.js';
import { refuseUnlessRollback } from './refuse-unless-rollback.js';
import { removeClaims } from './remove-claims.js';
import { removeClusterScoped } from './remove-cluster-scoped.js';
import { removeDefinitions } from './remove-definitions.js';
import { removeNamespaces } from './remove-namespaces.js';

export async function removeMigrated(deps: ActivityDependencies, { run }: { run: RunRef }): Promise<Removal> {
  const { runs } = deps.store;
  const record = await runs.record(run);
  refuseUnlessRollback(record);
  const client = await clusterOf(deps, record, 'target');
  const creations = await readCreations(deps, record);
  const wait = {
    waitingFor: 'what the migration brought to be gone',
    where: `cluster ${client.name}`,
    patienceSeconds: record.settings.patience.cleanup,
    next: 'Check what holds the objects named here (pods, finalizers whose controller does not run, a webhook), then create the rollback again.',
  };
  return withPulse(wait, async (pulse) => {
    // Of one that has ended, also what is forgotten of it would be a later run's.
    await refuseIfEnded(deps, run);
    const facts = (await runs.get(run))?.facts ?? {};
    const done = facts.rollbackRemoval;
    const removal = done ?? (await remove(deps, { run, record, client, creations, facts }, pulse));
    if (!done) await runs.addFacts(run, { rollbackRemoval: removal });
    await forget(deps, client, creations, pulse.signal);
    return removal;
  });
}

interface Rollback {
  run: RunRef;
  record: RunRecord;
  client: ClusterClient;
  creations: PlanCreations;
  facts: RunFacts;
}

async function remove(deps: ActivityDependencies, rollback: Rollback, pulse: Pulse): Promise<Removal> {
  const { run, record, client, creations, facts } = rollback;
  const { ours, others } = await findCreations(client, creations.objects, creations, pulse.signal);
  const stages = Object.groupBy(ours, (object) => removalStageOf({ kind: object.kind, ...object.metadata }));
  const of = (stage: RemovalStage): readonly KubeObject[] => stages[stage] ?? [];

  await removeApplications(rollback, of('objects'), of('claims'), pulse);
  const volumes = await removeClaims(
    client,
    record,
    { ours: of('claims'), others: others.filter(({ kind }) => kind === 'PersistentVolumeClaim'), creations },
    pulse,
  );
  const plan = { uid: record.plan.uid, namespaces: namespacesOf(record, creations) };
  const shared = await removeClusterScoped(client, of('clusterScoped'), plan, pulse);
  const definitions = await removeDefinitions(client, of('definitions'), record.plan.uid, pulse);
  const namespaces = await removeNamespaces(client, run, of('namespaces'), creations, pulse);

  const { ours: left } = await findCreations(client, creations.objects, creations, pulse.signal);
  const leftUids = new Set(left.map(({ metadata }) => metadata.uid));
  const found = new Set(ours.map(({ metadata }) => metadata.uid));
  const removed = [
    // Deleted when the target was halted.
    ...(facts.rollbackDeleted ?? []).filter(({ uid }) => !found.has(uid)).map(describeReference),
    ...ours.filter(({ metadata }) => !leftUids.has(metadata.uid)).map(describe),
  ];
  const kept = [
    ...volumes,
    ...shared,
    ...definitions,
    ...namespaces,
    ...others.map(describeOther).sort(),
    ...elsewhere(creations),
  ];
  const discarded = (facts.rollbackDiscards ?? []).map(describeDiscard);
  await keepInRunLog(deps, run, 'rollback: removed', removed);
  await keepInRunLog(deps, run, 'rollback: stays', kept);
  await keepInRunLog(deps, run, 'rollback: discarded with what was written since the cutover', discarded);
  return { removed: removed.length, kept, discarded };
}

/** Into which the plan's runs have migrated. */
const namespacesOf = ({ namespaces }: RunRecord, { objects }: PlanCreations): ReadonlySet<string> =>
  new Set([...namespaces.map(({ target }) => target), ...objects.flatMap(({ namespace }) => namespace ?? [])]);

/** Everything in the namespaces but the claims, until no pod is left of it, nor one that could hold a claim. */
async function removeApplications(
  { client, creations }: Rollback,
  objects: readonly KubeObject[],
  claims: readonly KubeObject[],
  pulse: Pulse,
): Promise<void> {
  const { signal } = pulse;
  const namespaces = [...new Set([...objects, ...claims].map(({ metadata }) => metadata.namespace ?? ''))];
  const pods = await podsBeside(client, [...objects, ...claims], signal);
  const isOurs = isAmong(client, objects, { signal });
  await refuseForeignUsers(client, { claims, pods, creations }, isOurs);
  // What owns a pod can be found only while its owners exist.
  for (const pod of pods) await isOurs(pod);

  await removeObjects(client, objects, { waitingFor: 'the migrated objects to be gone' }, pulse);
  await untilPodsGone(client, {
    namespaces,
    concerns: async (pod) => claims.some((claim) => mountedBy(claim, [pod]).length > 0) || isOurs(pod),
    pulse,
  });
}

/** Rows of objects that are gone, or belong to others now. What stays of namespaces, definitions and other cluster-scoped objects may still be removed by a later rollback. */
async function forget(
  { store }: ActivityDependencies,
  client: ClusterClient,
  creations: PlanCreations,
  signal: AbortSignal,
): Promise<void> {
  const lasting = creations.objects.filter((object) =>
    ['namespaces', 'definitions', 'clusterScoped'].includes(removalStageOf(object)),
  );
  const { ours } = await findCreations(client, lasting, creations, signal);
  const kept = new Set([
    ...ours.map(({ metadata }) => metadata.uid),
    ...creations.elsewhere.map(({ uid }: RecordedObject) => uid),
  ]);
  await store.runs.forgetCreated(
    creations.planUid,
    [...creations.created].filter((uid) => !kept.has(uid)),
  );
}

const describe = (object: KubeObject): string => describeReference(referenceOf(object));

const describeOther = (object: KubeObject): string =>
  object.metadata.labels?.[LABELS.migratedByPlan] === undefined
    ? `${describe(object)} stays: it does not carry the label of the migration`
    : `${describe(object)} stays: it was created again by others`;

function elsewhere({ elsewhere: objects }: PlanCreations): string[] {
  const byCluster = Object.entries(Object.groupBy(objects, ({ clusterName }) => clusterName));
  return byCluster.map(
    ([cluster, found = []]) =>
      `${found.length} objects of earlier runs stay on cluster ${cluster}: the plan has used another cluster since`,
  );
}
