import type { ClusterClient } from '../../clusters/cluster-client.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { POD } from '../../resources/meta/kube-object.js';
import { discardsOf, mergeDiscards } from '../../resources/rollback/discards.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { readObjects } from '../kit/read-objects.js';
import { attemptsSinceRollback } from '../records/plan-migrations.js';
import { findCreations, type PlanCreations } from './created-objects.js';

/** The first read counts: a repeated activity finds the pods gone. What an earlier, unfinished rollback saw still applies. */
export async function recordDiscards(
  { store }: ActivityDependencies,
  run: RunRef,
  record: RunRecord,
  { claims, pods, runs }: ClaimsInUse,
): Promise<void> {
  const row = await store.runs.get(run);
  if (row?.facts.rollbackDiscards !== undefined) return;
  const rows = attemptsSinceRollback(await store.runs.ofPlan(record.plan.uid));
  const earlier = rows.map(({ facts }) => facts.rollbackDiscards ?? []);
  await store.runs.addFacts(run, { rollbackDiscards: mergeDiscards([...earlier, discardsOf(claims, pods, runs)]) });
}

export interface ClaimsInUse {
  /** Of ours. */
  claims: KubeObject[];
  /** All of their namespaces, at least. */
  pods: KubeObject[];
  /** uids of the plan's runs, whose helpers do not count. */
  runs: ReadonlySet<string>;
}

/**
 * The claims on the target that runs of the plan made, and who may mount them.
 *
 * @param look.beside objects whose namespaces' pods are read as well
 */
export async function readClaims(
  client: ClusterClient,
  creations: PlanCreations,
  { beside = [], signal }: { beside?: readonly KubeObject[]; signal?: AbortSignal } = {},
): Promise<ClaimsInUse> {
  const recorded = creations.objects.filter(({ kind }) => kind === 'PersistentVolumeClaim');
  const { ours: claims } = await findCreations(client, recorded, creations, signal);
  return { claims, pods: await podsBeside(client, [...claims, ...beside], signal), runs: creations.runs };
}

/** All pods of the namespaces of some objects. */
export async function podsBeside(
  client: ClusterClient,
  objects: readonly KubeObject[],
  signal?: AbortSignal,
): Promise<KubeObject[]> {
  const namespaces = [...new Set(objects.map(({ metadata }) => metadata.namespace ?? ''))];
  const read = await readObjects(client, [POD], { namespaces, signal });
  return read.flatMap(({ objects: pods }) => pods);
}
