import type { KubeObject } from '../../resources/meta/kube-object.js';
import { API_VERSION, LABELS, MIGRATION_NAMESPACE, PART_OF } from '../../resources/meta/labels.js';
import type { ClusterAccess } from '../cluster-access.js';
import { RIGHTS, type Right } from '../rights.js';

/** Owner, by server-side apply, of the fields that the preparation sets. */
export const FIELD_MANAGER = 'prepare-cluster';

/** Marks what the preparation made; undoing it removes what carries this and nothing else. */
export const MADE_BY_PREPARATION = { 'app.kubernetes.io/managed-by': FIELD_MANAGER, [LABELS.partOf]: PART_OF } as const;

/** Where MTC's users keep the tokens of remote clusters. */
const SECRETS_NAMESPACE = 'openshift-config';
const SERVICE_ACCOUNT = 'migration-controller';
const TOKEN_SECRET = 'migration-controller-token';
/** Of the rights of this service in a cluster. */
export const ROLE = `${API_VERSION.split('/')[0]}:${SERVICE_ACCOUNT}`;
const RBAC = 'rbac.authorization.k8s.io';

export const SECURITY_LEVEL = 'pod-security.kubernetes.io/enforce';

/** The namespace Velero lives in, with the credentials of the object store. */
export const migrationNamespace: KubeObject = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name: MIGRATION_NAMESPACE,
    labels: { [SECURITY_LEVEL]: 'baseline' },
  },
};

const serviceAccount: KubeObject = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: SERVICE_ACCOUNT, namespace: MIGRATION_NAMESPACE },
};

/** A token that does not expire, as the long runs and schedules of migrations need; deleting the Secret revokes it. */
export const tokenSecret: KubeObject = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: TOKEN_SECRET,
    namespace: MIGRATION_NAMESPACE,
    annotations: { 'kubernetes.io/service-account.name': SERVICE_ACCOUNT },
  },
  type: 'kubernetes.io/service-account-token',
};

/** The same for clusters whose Velero has its node agent, which mounts a folder of the node: only the privileged level admits that. */
export const withNodeAgent = (manifest: KubeObject): KubeObject =>
  manifest === migrationNamespace
    ? { ...manifest, metadata: { ...manifest.metadata, labels: { [SECURITY_LEVEL]: 'privileged' } } }
    : manifest;

/** In the order in which they must be made. */
export const PREPARATION: readonly KubeObject[] = [
  migrationNamespace,
  serviceAccount,
  ...role(
    'ClusterRole',
    RIGHTS.filter(({ namespace }) => !namespace),
  ),
  ...role(
    'Role',
    RIGHTS.filter(({ namespace }) => namespace === MIGRATION_NAMESPACE),
  ),
  tokenSecret,
];

/** A role with the given rights, and its binding to the service account. */
function role(kind: 'ClusterRole' | 'Role', rights: readonly Right[]): KubeObject[] {
  const metadata = { name: ROLE, ...(kind === 'Role' ? { namespace: MIGRATION_NAMESPACE } : {}) };
  return [
    {
      apiVersion: `${RBAC}/v1`,
      kind,
      metadata,
      rules: rights.map(({ group, resources, verbs }) => ({ apiGroups: [group], resources, verbs })),
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: `${kind}Binding`,
      metadata,
      roleRef: { apiGroup: RBAC, kind, name: ROLE },
      subjects: [{ kind: 'ServiceAccount', name: SERVICE_ACCOUNT, namespace: MIGRATION_NAMESPACE }],
    },
  ];
}

/**
 * What is applied to this system's API so that it knows the cluster. The Secret comes last: its value is tied to the address that the MigCluster
 * has when it is first used.
 */
export const registration = ({ name, server, caBundle, insecure, token }: ClusterAccess): KubeObject[] => [
  {
    apiVersion: API_VERSION,
    kind: 'MigCluster',
    metadata: { name, namespace: MIGRATION_NAMESPACE },
    spec: {
      isHostCluster: false,
      url: server,
      ...(insecure ? { insecure } : { caBundle }),
      serviceAccountSecretRef: { name, namespace: SECRETS_NAMESPACE },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: SECRETS_NAMESPACE },
    type: 'Opaque',
    data: { saToken: Buffer.from(token ?? '').toString('base64') },
  },
];
