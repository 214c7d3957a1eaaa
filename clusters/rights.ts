import pLimit from 'p-limit';
import { MIGRATION_NAMESPACE } from '../resources/meta/labels.js';
import { WORKLOAD_KINDS } from '../resources/workloads/workload-kinds.js';
import type { AccessQuestion, CallOptions, ClusterClient } from './cluster-client.js';

/** One RBAC rule with its reason. `resources` may name subresources, as in RBAC: `pods/log`. */
export interface Right {
  group: string;
  resources: string[];
  verbs: string[];
  /** Granted in this namespace only; without it in the whole cluster. */
  namespace?: string;
  /** Not asked for where the cluster serves nothing of the group: a role made before a kind was known to us still does. */
  ifServed?: true;
  why: string;
}

/**
 * All that the service account of a MigCluster may do. The role that prepare-cluster makes and the review of a cluster both come from it.
 * Who reads every Secret and starts pods anywhere can become an administrator: the token deserves the care of an administrator's.
 */
export const RIGHTS: readonly Right[] = [
  {
    group: '*',
    resources: ['*'],
    verbs: ['get', 'list', 'watch'],
    why: 'What an application consists of, including custom resources and Secrets, is found by reading; no list made beforehand would be complete.',
  },
  {
    group: '*',
    resources: ['*'],
    verbs: ['delete'],
    why: 'What a run has restored, of whatever kind, is removed when the run fails or is rolled back; each object is identified by its labels and uid.',
  },
  {
    group: '',
    resources: ['namespaces', 'persistentvolumeclaims'],
    verbs: ['create'],
    why: 'Namespaces and claims missing on the target are created like those of the source.',
  },
  {
    group: '',
    resources: ['persistentvolumeclaims'],
    verbs: ['patch'],
    why: 'Claims that a conversion of storage classes has replaced are labeled as such.',
  },
  {
    group: 'apps',
    resources: ['statefulsets', 'controllerrevisions'],
    verbs: ['create'],
    why: 'A conversion of storage classes re-creates StatefulSets under their names, since claim templates cannot be changed; a ControllerRevision holds the definition in between.',
  },
  {
    group: '',
    resources: ['persistentvolumes'],
    verbs: ['patch'],
    why: 'Target volumes have reclaim policy Retain while a migration runs, and source volumes while their application is halted, so that no failure and no deleted claim loses data.',
  },
  {
    group: '',
    resources: ['pods', 'services', 'secrets', 'configmaps'],
    verbs: ['create', 'patch'],
    why: 'Volumes are copied by pods that connect through a Service and authenticate each other with keys made for the run; pods without a controller are created on the target.',
  },
  {
    group: '',
    resources: ['resourcequotas'],
    verbs: ['create'],
    why: 'Before a rollback deletes a namespace that a run has made, a quota closes it, so that nothing others create in the last moment goes with it.',
  },
  {
    group: 'batch',
    resources: ['jobs'],
    verbs: ['create'],
    why: 'Hooks of a plan run as Jobs, in the namespace and as the service account that the plan names; a conversion of storage classes re-creates unfinished Jobs.',
  },
  ...stoppingAndStarting(),
  {
    group: 'keda.sh',
    resources: ['scaledobjects', 'scaledjobs'],
    verbs: ['patch'],
    ifServed: true,
    why: 'What KEDA scales is not started by it before the migration starts it: its objects are paused on the target until then.',
  },
  {
    group: 'subresources.kubevirt.io',
    resources: ['virtualmachines/start'],
    verbs: ['update'],
    ifServed: true,
    why: 'Nothing else starts a virtual machine with run strategy Manual.',
  },
  {
    group: 'security.openshift.io',
    resources: ['securitycontextconstraints'],
    verbs: ['create'],
    ifServed: true,
    why: 'On OpenShift, service accounts arrive with the security context constraints that name them.',
  },
  {
    group: 'velero.io',
    resources: [
      'backups',
      'restores',
      'backupstoragelocations',
      'podvolumebackups',
      'podvolumerestores',
      'deletebackuprequests',
      'downloadrequests',
      'serverstatusrequests',
    ],
    verbs: ['create', 'patch'],
    namespace: MIGRATION_NAMESPACE,
    why: "Objects are backed up and restored by each cluster's Velero, which these objects instruct.",
  },
  {
    group: 'authorization.k8s.io',
    resources: ['selfsubjectaccessreviews'],
    verbs: ['create'],
    why: 'Missing rights are found before a migration, not in the middle of it.',
  },
];

function stoppingAndStarting(): Right[] {
  const groupOf = (groupResource: string) => groupResource.split('.').slice(1).join('.');
  const names = WORKLOAD_KINDS.map(({ groupResource }) => groupResource);
  return [...Map.groupBy(names, groupOf)].map(([group, members]) => ({
    group,
    resources: members.map((groupResource) => groupResource.split('.', 1).join()),
    verbs: ['create', 'patch'],
    ...(group.includes('.') && { ifServed: true as const }),
    why: 'Workloads are stopped on the source and started on the target; whether the target would accept them is checked beforehand by dry runs.',
  }));
}

export interface RequiredRight extends AccessQuestion {
  ifServed?: true;
  why: string;
}

/** {@link RIGHTS} as the questions an access review answers. */
export const REQUIRED_RIGHTS: readonly RequiredRight[] = RIGHTS.flatMap(
  ({ group, resources, verbs, namespace, ifServed, why }) =>
    resources.flatMap((path) => {
      const [resource = '', subresource] = path.split('/');
      return verbs.map((verb) => ({ verb, group, resource, subresource, namespace, ifServed, why }));
    }),
);

/** `get pods/log`, `patch deployments.apps`, `create backups.velero.io in namespace openshift-migration` */
export function describeRight({ verb, group, resource, subresource, namespace }: AccessQuestion): string {
  const path = subresource ? `${resource}/${subresource}` : resource;
  return `${verb} ${group ? `${path}.${group}` : path}${namespace ? ` in namespace ${namespace}` : ''}`;
}

/**
 * Asks the cluster about every right, a few at a time.
 *
 * @returns those that are denied
 */
export async function missingRights(client: ClusterClient, options?: CallOptions): Promise<RequiredRight[]> {
  const needed = await neededRights(client, options);
  const limited = pLimit(8);
  const answers = await Promise.all(
    needed.map(({ why: _, ifServed: __, ...question }) => limited(() => client.accessReview(question, options))),
  );
  return needed.filter((_, index) => !answers[index]?.allowed);
}

async function neededRights(client: ClusterClient, options?: CallOptions): Promise<RequiredRight[]> {
  const served = new Set((await client.discover({ ...options, refresh: true })).map(({ group }) => group));
  // Subresources that have a group of their own are served with the types they belong to, but listed nowhere.
  const serves = (group: string): boolean => served.has(group.replace(/^subresources\./, ''));
  return REQUIRED_RIGHTS.filter(({ ifServed, group }) => !ifServed || serves(group));
}
