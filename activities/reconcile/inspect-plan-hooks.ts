import type { ClusterClient } from '../../clusters/cluster-client.js';
import type { MigHook } from '../../resources/kinds/mig-hook.js';
import type { MigPlan } from '../../resources/kinds/mig-plan.js';
import type { ConditionFinding } from '../../resources/meta/conditions.js';
import { arrivesFrom, type HookLookup, type HookPlace, hookPlaceFindings, sideOf } from '../../resources/plan/hooks.js';
import { type Mapping, parseMappings } from '../../resources/plan/mappings.js';
import type { ClusterSide } from '../../resources/run/run-record.js';
import { observeHookPlace } from '../hooks/hook-place.js';
import type { ActivityDependencies } from '../kit/dependencies.js';

/** The hooks of a plan, each with the MigHook it names. */
export const lookUpHooks = ({ store }: ActivityDependencies, { spec }: MigPlan): Promise<HookLookup[]> =>
  Promise.all(
    spec.hooks.map(async (hook) => {
      const object = await store.resources.get({ kind: 'MigHook', ...hook.reference });
      return { hook, object: object as MigHook | undefined };
    }),
  );

/** Looks in the clusters for the namespaces and service accounts of hooks in which nothing else is wrong. */
export async function inspectPlanHooks(
  clients: Record<ClusterSide, ClusterClient>,
  plan: MigPlan,
  lookups: readonly HookLookup[],
): Promise<ConditionFinding[]> {
  const mappings = parseMappings(plan.spec.namespaces);
  return hookPlaceFindings(await Promise.all(lookups.map((lookup) => placeOf(clients, lookup, mappings))));
}

async function placeOf(
  clients: Record<ClusterSide, ClusterClient>,
  lookup: HookLookup,
  mappings: readonly Mapping[],
): Promise<HookPlace> {
  const { hook, object } = lookup;
  const client = clients[object ? sideOf(object.spec) : 'source'];
  const arriving = arrivesFrom(lookup, mappings);
  const { executionNamespace: namespace, serviceAccount: name } = hook;
  const [here, there] = await Promise.all([
    observeHookPlace(client, { namespace, name }),
    arriving === undefined ? undefined : observeHookPlace(clients.source, { namespace: arriving, name }),
  ]);
  return {
    hook,
    cluster: client.name,
    namespaceExists: here.namespaceExists || there?.namespaceExists === true,
    serviceAccountExists: here.serviceAccountExists || there?.serviceAccountExists === true,
    isPowerful: here.isPowerful,
    isRefused: here.isRefused || there?.isRefused === true,
  };
}
