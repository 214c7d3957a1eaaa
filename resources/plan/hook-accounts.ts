import type { KubeObject } from '../meta/kube-object.js';

/** Under these names Velero, its node agent and this service get their rights, wherever they are installed. */
const POWERFUL_NAMES: ReadonlySet<string> = new Set([
  'migration-controller',
  'velero',
  'velero-server',
  'node-agent',
  'restic',
]);

/** A service account, as a hook names it. */
export interface HookAccount {
  namespace: string;
  name: string;
}

/** What a cluster shows of who moves objects in it. */
export interface MovingRights {
  /** ClusterRoleBindings and RoleBindings of the role that this service's accounts have. */
  bindings: readonly KubeObject[];
  /** Deployments and DaemonSets of the namespace Velero lives in. */
  workloads: readonly KubeObject[];
}

/**
 * Whether an account moves objects and volumes of whole clusters: a pod that runs as it can read every Secret and change every workload,
 * which whoever writes a plan may not.
 */
export const isPowerfulName = (name: string): boolean => POWERFUL_NAMES.has(name);

export const holdsMovingRights = (account: HookAccount, { bindings, workloads }: MovingRights): boolean =>
  isPowerfulName(account.name) ||
  bindings.some((binding) => subjectsOf(binding).some((subject) => isAccount(subject, account, binding))) ||
  workloads.some((workload) => isVelero(workload) && runsAs(workload, account));

interface Subject {
  kind: string;
  name: string;
  namespace?: string;
}

const subjectsOf = ({ subjects }: KubeObject): Subject[] => subjects ?? [];

const isAccount = (subject: Subject, { namespace, name }: HookAccount, { metadata }: KubeObject): boolean =>
  subject.kind === 'ServiceAccount'
    ? subject.name === name && (subject.namespace ?? metadata.namespace) === namespace
    : subject.name === `system:serviceaccount:${namespace}:${name}`;

const runsAs = ({ metadata, spec }: KubeObject, { namespace, name }: HookAccount): boolean =>
  metadata.namespace === namespace && (spec?.template?.spec?.serviceAccountName ?? 'default') === name;

/** By its server's own flags: names and labels differ from installer to installer. */
function isVelero({ spec }: KubeObject): boolean {
  const containers: { image?: string; command?: string[] }[] = spec?.template?.spec?.containers ?? [];
  return containers.some(({ command = [] }) => command.some((word) => word === '/velero' || word === 'velero'));
}
