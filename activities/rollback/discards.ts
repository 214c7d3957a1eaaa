import type { ClusterClient } from '../../clusters/cluster-client.js';
import { type Discard, discardsOf, mergeDiscards } from '../../resources/rollback/discards.js';
import type { RunRecord, RunRef } from '../../resources/run-record.js';
import type { ActivityDependencies } from '../dependencies.js';
import { findCreations, type PlanCreations } from './created-objects.js';
import { attemptsSinceRollback } from './runs-to-undo.js';

/** Fact of a rollback: {@link Discard}s, looked up before the pods that tell of them are stopped. */
export const DISCARDS_FACT = 'rollbackDiscards';

/** The first look counts: a repeated activity finds the pods gone. What an earlier rollback saw that did not come to its end still holds. */
export async function recordDiscards(
  { store }: ActivityDependencies,
  run: RunRef,
  record: RunRecord,
  look: { client: ClusterClient; creations: PlanCreations; signal: AbortSignal },
): Promise<void> {
  const row = await store.runs.get(run);
  if (row?.facts[DISCARDS_FACT] !== undefined) return;
  const rows = attemptsSinceRollback(await store.runs.ofPlan(record.plan.uid));
  const earlier = rows.map(({ facts }) => (facts[DISCARDS_FACT] ?? []) as Discard[]);
  const now = await lookForDiscards(look.client, look.creations, look.signal);
  await store.runs.addFacts(run, { [DISCARDS_FACT]: mergeDiscards([...earlier, now]) });
}

/** Claims of ours on the target that running pods mount now. */
export async function lookForDiscards(
  client: ClusterClient,
  creations: PlanCreations,
  signal?: AbortSignal,
): Promise<Discard[]> {
  const claims = creations.objects.filter(({ kind }) => kind === 'PersistentVolumeClaim');
  if (claims.length === 0) return [];
  const { ours } = await findCreations(client, claims, creations, signal);
  const namespaces = [...new Set(ours.map(({ metadata }) => metadata.namespace ?? ''))];
  const lists = await Promise.all(
    namespaces.map((namespace) => client.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace, signal })),
  );
  return discardsOf(
    ours,
    lists.flatMap(({ items }) => items),
  );
}
