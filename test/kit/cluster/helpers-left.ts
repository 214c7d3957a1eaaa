import { readObjects } from '../../../activities/kit/read-objects.js';
import type { ClusterClient } from '../../../clusters/cluster-client.js';
import { connectCluster } from '../../../clusters/connect-cluster.js';
import { waitUntilGone } from '../../../clusters/wait-for.js';
import { readLocalKubeconfig } from '../../../commands/local-kubeconfig.js';
import { describeReference, type KubeObject, referenceOf } from '../../../resources/meta/kube-object.js';
import { LABELS } from '../../../resources/meta/labels.js';
import { RESTLESS } from './restless-types.js';

/** Where helpers are looked for. */
type Clusters = Record<'source' | 'target', { readonly kubeconfig: string }>;

export interface Helper {
  /** Uid of its run. */
  run: string;
  /** `source Pod shop/mtc-…` */
  what: string;
}

/** Helpers of a run that are still in either cluster, of whatever type. */
export async function helpersLeft(system: Clusters, runUid: string): Promise<string[]> {
  return (await findHelpers(system, [runUid])).map(({ what }) => what);
}

/**
 * Helpers of runs in either cluster, of whatever type.
 *
 * @param options.patienceSeconds that an object may take to go which is being deleted already
 */
export async function findHelpers(
  system: Clusters,
  runUids: readonly string[],
  { patienceSeconds = 0 } = {},
): Promise<Helper[]> {
  const found = await Promise.all(
    (['source', 'target'] as const).map(async (side) => {
      const client = connectCluster({ ...(await readLocalKubeconfig(system[side].kubeconfig)), name: side });
      try {
        const helpers = await withoutGoing(client, await listHelpers(client, new Set(runUids)), patienceSeconds);
        return helpers.map((helper) => ({
          run: runOf(helper),
          what: `${side} ${describeReference(referenceOf(helper))}`,
        }));
      } finally {
        await client.close();
      }
    }),
  );
  return found.flat();
}

const runOf = ({ metadata }: KubeObject): string => metadata.labels?.[LABELS.helper] ?? '';

async function listHelpers(client: ClusterClient, runs: ReadonlySet<string>): Promise<KubeObject[]> {
  const types = (await client.discover()).filter(
    ({ resource, group }) => !RESTLESS.has(group ? `${resource}.${group}` : resource),
  );
  const everywhere = { namespaces: [''], labelSelector: LABELS.helper };
  const lists = await readObjects(client, types, everywhere);
  return lists
    .flatMap(({ type: { apiVersion, kind }, objects }) => objects.map((object) => ({ ...object, apiVersion, kind })))
    .filter((object) => runs.has(runOf(object)));
}

async function withoutGoing(client: ClusterClient, helpers: KubeObject[], seconds: number): Promise<KubeObject[]> {
  const signal = AbortSignal.timeout(seconds * 1_000);
  const goes = await Promise.all(
    helpers.map(async (helper) => {
      const { uid, deletionTimestamp } = helper.metadata;
      if (seconds === 0 || deletionTimestamp === undefined) return false;
      return waitUntilGone(client, referenceOf(helper), { uid, signal }).then(
        () => true,
        (error: unknown) => {
          if (signal.aborted) return false;
          throw error;
        },
      );
    }),
  );
  return helpers.filter((_, index) => !goes[index]);
}
