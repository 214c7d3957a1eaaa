import type { ClusterClient } from '../../clusters/cluster-client.js';
import { ROLE } from '../../clusters/preparation/manifests.js';
import { HOOKS_REFUSED, LABELS, MIGRATION_NAMESPACE } from '../../resources/meta/labels.js';
import { type HookAccount, holdsMovingRights, isPowerfulName } from '../../resources/plan/hook-accounts.js';

const RBAC = 'rbac.authorization.k8s.io/v1';

/** What a cluster shows of where a hook is to run, and as whom. */
export interface ObservedPlace {
  namespaceExists: boolean;
  serviceAccountExists: boolean;
  /** The account moves whole clusters, as Velero's do and this service's own. */
  isPowerful: boolean;
  /** The owner of the namespace or of the account has said by a label that no hooks run there. */
  isRefused: boolean;
}

export async function observeHookPlace(client: ClusterClient, account: HookAccount): Promise<ObservedPlace> {
  const [space, found, isPowerful] = await Promise.all([
    client.get({ apiVersion: 'v1', kind: 'Namespace', name: account.namespace }),
    client.get({ apiVersion: 'v1', kind: 'ServiceAccount', ...account }),
    isPowerfulName(account.name) || hasPower(client, account),
  ]);
  return {
    namespaceExists: space !== undefined,
    serviceAccountExists: found !== undefined,
    isPowerful,
    isRefused: [space, found].some((object) => object?.metadata.labels?.[LABELS.hooks] === HOOKS_REFUSED),
  };
}

async function hasPower(client: ClusterClient, account: HookAccount): Promise<boolean> {
  const [ofCluster, ofNamespaces, ...workloads] = await Promise.all([
    client.list({ apiVersion: RBAC, kind: 'ClusterRoleBinding' }),
    client.list({ apiVersion: RBAC, kind: 'RoleBinding' }, { namespace: MIGRATION_NAMESPACE }),
    client.list({ apiVersion: 'apps/v1', kind: 'Deployment' }, { namespace: MIGRATION_NAMESPACE }),
    client.list({ apiVersion: 'apps/v1', kind: 'DaemonSet' }, { namespace: MIGRATION_NAMESPACE }),
  ]);
  return holdsMovingRights(account, {
    bindings: [...ofCluster.items, ...ofNamespaces.items].filter(({ roleRef }) => roleRef?.name === ROLE),
    workloads: workloads.flatMap(({ items }) => items),
  });
}
