import type { ClusterClient } from '../../clusters/cluster-client.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { controllerOf } from '../../resources/workloads/ownership.js';
import { holdsRollout, ROLLOUT_CONTROLLERS } from '../../resources/workloads/rollout.js';
import { isFinishedJob } from '../../resources/workloads/workload-kinds.js';
import { listWorkloads } from '../workloads/list-workloads.js';

/**
 * Whatever makes pods that mount claims: the workloads and, of those whose rollout is held back, the controllers of the pods they still
 * run. Jobs that have ended make no more pods.
 */
export async function claimUsers(
  client: ClusterClient,
  namespaces: readonly string[],
  signal: AbortSignal,
): Promise<KubeObject[]> {
  const workloads = (await listWorkloads(client, { namespaces, signal })).filter(
    (object) => object.metadata.deletionTimestamp === undefined && !(object.kind === 'Job' && isFinishedJob(object)),
  );
  const held = new Set(workloads.filter(holdsRollout).map(({ metadata }) => metadata.uid));
  if (held.size === 0) return workloads;
  const lists = await Promise.all(
    namespaces.flatMap((namespace) => ROLLOUT_CONTROLLERS.map((kind) => client.list(kind, { namespace, signal }))),
  );
  const controllers = lists.flatMap(({ items }) => items).filter((object) => held.has(controllerOf(object)?.uid));
  return [...controllers, ...workloads];
}
