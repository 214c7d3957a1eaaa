import type { ApiType, ClusterClient } from '../../clusters/cluster-client.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { POD } from '../../resources/meta/kube-object.js';
import { LABELS, MIGRATION_NAMESPACE } from '../../resources/meta/labels.js';
import { type ClusterSide, isWithinOneCluster, type RunRecord, type RunRef } from '../../resources/run/run-record.js';
import { keepsOnlyCopy } from '../claims/saved-workloads.js';
import { type ActivityDependencies, clusterOf } from '../kit/dependencies.js';
import { HELPER_KINDS } from '../kit/helper-kinds.js';
import { isEvidenceKept, keepPodEvidence } from '../kit/pod-evidence.js';
import { type Pulse, withPulse } from '../kit/pulse.js';
import { removeHelpers } from '../kit/remove-helpers.js';
import { servedTypes } from '../kit/served-types.js';

export async function sweepHelpers(deps: ActivityDependencies, { run }: { run: RunRef }): Promise<{ removed: number }> {
  const record = await deps.store.runs.record(run);
  const wait = {
    waitingFor: 'the helpers of the migration to be gone',
    where: `clusters ${record.source.name} and ${record.target.name}`,
    patienceSeconds: record.settings.patience.cleanup,
    next: `Check what holds the objects named here (finalizers, a webhook); they carry the label ${LABELS.helper}=${record.migration.uid} and may be deleted by hand.`,
  };
  return withPulse(wait, async (pulse) => {
    const sides = await sidesOf(deps, record);
    const counts = await Promise.all(sides.map((side) => sweepCluster(deps, async () => [run], side, pulse)));
    return { removed: counts.reduce((sum, count) => sum + count, 0) };
  });
}

interface Side {
  client: ClusterClient;
  /** Where to look; in all namespaces when it is left out. */
  namespaces?: readonly string[];
}

/** Source and target; one side when they are one cluster. */
async function sidesOf(deps: ActivityDependencies, record: RunRecord): Promise<Side[]> {
  const namespaces = (side: ClusterSide): string[] => [
    ...record.namespaces.map((mapping) => mapping[side]),
    ...(record.hooks ?? []).filter(({ cluster }) => cluster === side).map((hook) => hook.executionNamespace),
  ];
  const sideOf = async (side: ClusterSide, names: readonly string[]): Promise<Side> => ({
    client: await clusterOf(deps, record, side, 'tidy'),
    namespaces: [...new Set([MIGRATION_NAMESPACE, ...names])],
  });
  return isWithinOneCluster(record)
    ? [await sideOf('target', [...namespaces('source'), ...namespaces('target')])]
    : Promise.all([sideOf('source', namespaces('source')), sideOf('target', namespaces('target'))]);
}

/**
 * Removes the helpers of these runs from a cluster and waits until none is left. Logs and events of their pods are kept with the run.
 *
 * @param ended asked each time before helpers are looked for
 */
export async function sweepCluster(
  deps: ActivityDependencies,
  ended: () => Promise<readonly RunRef[]>,
  { client, namespaces }: Side,
  pulse: Pulse,
): Promise<number> {
  const { signal } = pulse;
  const kinds = await servedTypes(client, HELPER_KINDS, { signal });
  let runs: readonly RunRef[] = [];
  return removeHelpers(client, pulse, {
    list: async () => {
      runs = await ended();
      return listHelpers(client, { namespaces, kinds, runs, signal });
    },
    keep: async (helper) => {
      const run = runs.find(({ uid }) => uid === helper.metadata.labels?.[LABELS.helper]);
      if (run && helper.kind === POD.kind && !isEvidenceKept(helper))
        await keepPodEvidence(deps, run, client, helper, signal);
    },
    gracePeriodSeconds: 0,
  });
}

async function listHelpers(
  client: ClusterClient,
  scope: {
    namespaces?: readonly string[];
    kinds: readonly ApiType[];
    runs: readonly RunRef[];
    signal: AbortSignal;
  },
): Promise<KubeObject[]> {
  const { namespaces = [undefined], kinds, runs, signal } = scope;
  const [only, ...others] = runs;
  const labelSelector = only && others.length === 0 ? `${LABELS.helper}=${only.uid}` : LABELS.helper;
  const lists = await Promise.all(
    namespaces.flatMap((namespace) => kinds.map((kind) => client.list(kind, { namespace, labelSelector, signal }))),
  );
  const uids = new Set(runs.map(({ uid }) => uid));
  const helpers = lists
    .flatMap(({ items }) => items)
    .filter(({ metadata }) => uids.has(metadata.labels?.[LABELS.helper] ?? ''));
  const needed = await Promise.all(helpers.map((helper) => keepsOnlyCopy(client, helper, signal)));
  return helpers.filter((_, index) => !needed[index]);
}
