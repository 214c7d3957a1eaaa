import type { ClusterClient } from '../../clusters/cluster-client.js';
import { type KubeObject, POD, referenceOf } from '../../resources/meta/kube-object.js';
import { healthOf } from '../../resources/workloads/health.js';
import { troubleOf } from '../../resources/workloads/pod-trouble.js';
import { belongsTo } from './pods-of.js';

export interface Unhealthy {
  kind: string;
  namespace: string;
  name: string;
  message: string;
}

/** What its pods say is the cause; a workload without pods tells it in its own conditions. */
export async function diagnose(client: ClusterClient, object: KubeObject, signal: AbortSignal): Promise<Unhealthy> {
  const { kind, namespace = '', name } = referenceOf(object);
  const isOurs = belongsTo(client, [object], { signal });
  const troubles = new Set<string>();
  for (const pod of kind === 'Pod' ? [object] : (await client.list(POD, { namespace, signal })).items) {
    const trouble = pod === object || (await isOurs(pod)) ? troubleOf(pod) : undefined;
    if (trouble) troubles.add(trouble);
  }
  const conditions: { type: string; status: string; message?: string }[] = object.status?.conditions ?? [];
  const own = conditions
    .filter(({ type, status, message }) => message && status === (type === 'ReplicaFailure' ? 'True' : 'False'))
    .map(({ message }) => message);
  const why = troubles.size > 0 ? [...troubles] : own;
  return { kind, namespace, name, message: [healthOf(object).message, ...why].join('. ') };
}
