import type { CallOptions, ClusterClient } from '../../clusters/cluster-client.js';
import { type KubeObject, POD } from '../../resources/meta/kube-object.js';
import { podSpecOf } from '../../resources/workloads/claim-references.js';

/** Not DaemonSets: they tolerate what no application does. */
const KINDS = [
  POD,
  { apiVersion: 'apps/v1', kind: 'Deployment' },
  { apiVersion: 'apps/v1', kind: 'StatefulSet' },
  { apiVersion: 'batch/v1', kind: 'CronJob' },
] as const;

/** What the applications of a namespace tolerate, running or not: the nodes that are theirs take a helper that tolerates it too. */
export async function namespaceTolerations(
  client: ClusterClient,
  namespace: string,
  options: CallOptions = {},
): Promise<object[]> {
  const lists = await Promise.all(KINDS.map((kind) => client.list(kind, { namespace, ...options })));
  const found = KINDS.flatMap(({ kind }, index) => lists[index]?.items.map((object) => ({ ...object, kind })) ?? []);
  const all = found.filter(isApplication).flatMap((object): object[] => podSpecOf(object)?.tolerations ?? []);
  return [...new Map(all.map((toleration) => [JSON.stringify(toleration), toleration])).values()].slice(0, MOST);
}

/** Of a namespace with many applications; a pod that tolerates more says nothing any more. */
const MOST = 50;

const isApplication = ({ kind, metadata }: KubeObject): boolean =>
  kind !== 'Pod' || !(metadata.ownerReferences ?? []).some((owner) => owner.kind === 'DaemonSet');
