import type { ClusterClient } from '../../clusters/cluster-client.js';
import type { MigHook } from '../../resources/kinds/mig-hook.js';
import type { MigPlan } from '../../resources/kinds/mig-plan.js';
import type { ConditionFinding } from '../../resources/meta/conditions.js';
import { arrivesFrom, type HookLookup, type HookPlace, hookPlaceFindings, sideOf } from '../../resources/plan/hooks.js';
import { type Mapping, parseMappings } from '../../resources/plan/mappings.js';
import type { ClusterSide } from '../../resources/run/run-record.js';
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
  const [here, there] = await Promise.all([
    look(client, hook.executionNamespace, hook.serviceAccount),
    arriving === undefined ? undefined : look(clients.source, arriving, hook.serviceAccount),
  ]);
  return {
    hook,
    cluster: client.name,
    namespaceExists: here.namespace || there?.namespace === true,
    serviceAccountExists: here.account || there?.account === true,
  };
}

async function look(
  client: ClusterClient,
  namespace: string,
  name: string,
): Promise<{ namespace: boolean; account: boolean }> {
  const [space, account] = await Promise.all([
    client.get({ apiVersion: 'v1', kind: 'Namespace', name: namespace }),
    client.get({ apiVersion: 'v1', kind: 'ServiceAccount', namespace, name }),
  ]);
  return { namespace: space !== undefined, account: account !== undefined };
}
