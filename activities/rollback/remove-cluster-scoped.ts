import type { ClusterClient } from '../../clusters/cluster-client.js';
import { describeReference, type KubeObject, POD, referenceOf } from '../../resources/meta/kube-object.js';
import { listSome } from '../../resources/meta/listing.js';
import { type ClusterUsers, otherUsers } from '../../resources/rollback/cluster-users.js';
import { isFinishedPod } from '../../resources/workloads/ownership.js';
import type { Pulse } from '../kit/pulse.js';
import { readObjects } from '../kit/read-objects.js';
import { removeObjects } from '../kit/remove-objects.js';

const RBAC = 'rbac.authorization.k8s.io/v1';
const BINDINGS = ['ClusterRoleBinding', 'RoleBinding'] as const;

/**
 * Removes cluster-scoped objects of ours that serve no other application: one ClusterRole may serve many namespaces, whichever plan brought it.
 * What the plan had in its namespaces is gone by then.
 *
 * @returns the objects that stay
 */
export async function removeClusterScoped(
  client: ClusterClient,
  objects: readonly KubeObject[],
  plan: { uid: string; namespaces: ReadonlySet<string> },
  pulse: Pulse,
): Promise<string[]> {
  if (objects.length === 0) return [];
  const users = await readUsers(client, objects, plan, pulse.signal);
  const kept: string[] = [];
  const uidsThatGo = new Set<string | undefined>();
  const judge = (group: readonly KubeObject[], seen: ClusterUsers): KubeObject[] =>
    group.filter((object) => {
      const others = otherUsers(object, seen);
      if (others.length === 0) uidsThatGo.add(object.metadata.uid);
      else kept.push(`${describeReference(referenceOf(object))} stays: it serves ${listSome(others, { most: 3 })}`);
      return others.length === 0;
    });
  const isRole = ({ kind }: KubeObject): boolean => kind === 'ClusterRole';
  const others = judge(
    objects.filter((object) => !isRole(object)),
    users,
  );
  // A role serves the bindings that stay.
  const bindings = users.bindings.filter(({ metadata }) => !uidsThatGo.has(metadata.uid));
  const roles = judge(objects.filter(isRole), { ...users, bindings });
  await removeObjects(client, [...others, ...roles], { waitingFor: 'cluster-scoped objects to be gone' }, pulse);
  return kept;
}

async function readUsers(
  client: ClusterClient,
  objects: readonly KubeObject[],
  plan: { uid: string; namespaces: ReadonlySet<string> },
  signal: AbortSignal,
): Promise<ClusterUsers> {
  const kinds = new Set(objects.map(({ kind }) => kind));
  const list = async (needed: boolean, type: { apiVersion: string; kind: string }): Promise<KubeObject[]> =>
    needed ? (await client.list(type, { signal })).items : [];
  const [namespaces, accounts, pods, ...bindings] = await Promise.all([
    list(true, { apiVersion: 'v1', kind: 'Namespace' }),
    readObjects(client, [{ apiVersion: 'v1', kind: 'ServiceAccount' }], { namespaces: [...plan.namespaces], signal }),
    list(kinds.has('PriorityClass'), POD),
    ...BINDINGS.map((kind) => list(kinds.has('ClusterRole'), { apiVersion: RBAC, kind })),
  ]);
  return {
    planUid: plan.uid,
    planNamespaces: plan.namespaces,
    namespaces: new Set(namespaces.map(({ metadata }) => metadata.name)),
    accounts: accounts.flatMap((found) => found.objects),
    bindings: bindings.flat(),
    pods: pods.filter((pod) => !isFinishedPod(pod)),
  };
}
