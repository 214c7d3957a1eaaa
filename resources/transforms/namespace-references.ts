import { editField } from '../meta/edit-field.js';
import type { KubeObject } from '../meta/kube-object.js';
import type { ObjectKind } from './object-kind.js';

/** Source namespace → target namespace, the pairs that differ. */
export type NamespaceMapping = ReadonlyMap<string, string>;

export const namespaceMapping = (pairs: readonly { source: string; target: string }[]): NamespaceMapping =>
  new Map(pairs.filter(({ source, target }) => source !== target).map(({ source, target }) => [source, target]));

/** How a namespace is written at a place. */
type Form = keyof typeof FORMS;

interface Reference extends ObjectKind {
  fields: [path: string, form: Form][];
}

const SUBJECTS: Reference['fields'] = [
  ['subjects[].namespace', 'name'],
  ['subjects[].name', 'account'],
];
const ROUTE_RULES: Reference['fields'] = [
  ['spec.parentRefs[].namespace', 'name'],
  ['spec.rules[].backendRefs[].namespace', 'name'],
];
const MONITOR: Reference['fields'] = [['spec.namespaceSelector.matchNames[]', 'name']];
const AFFINITY: Reference['fields'] = ['podAffinity', 'podAntiAffinity'].flatMap((affinity) =>
  [
    'requiredDuringSchedulingIgnoredDuringExecution[]',
    'preferredDuringSchedulingIgnoredDuringExecution[].podAffinityTerm',
  ].flatMap((term): Reference['fields'] => {
    const path = `spec.template.spec.affinity.${affinity}.${term}`;
    return [
      [`${path}.namespaces[]`, 'name'],
      [`${path}.namespaceSelector`, 'selector'],
    ];
  }),
);

const SECURITY = 'security.openshift.io';
const RBAC = 'rbac.authorization.k8s.io';
const GATEWAY = 'gateway.networking.k8s.io';
const MONITORING = 'monitoring.coreos.com';

/**
 * Where objects name namespaces, beside their own. Velero maps only `metadata.namespace` and the subjects of role bindings; what is
 * not in this table keeps pointing at the source's namespace.
 */
export const NAMESPACE_REFERENCES: readonly Reference[] = [
  { apiVersion: `${RBAC}/v1`, kind: 'RoleBinding', groupResource: `rolebindings.${RBAC}`, fields: SUBJECTS },
  {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRoleBinding',
    groupResource: `clusterrolebindings.${RBAC}`,
    fields: SUBJECTS,
  },
  {
    apiVersion: `${SECURITY}/v1`,
    kind: 'SecurityContextConstraints',
    groupResource: `securitycontextconstraints.${SECURITY}`,
    fields: [
      ['users[]', 'account'],
      ['groups[]', 'account'],
    ],
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    groupResource: 'networkpolicies.networking.k8s.io',
    fields: [
      ['spec.ingress[].from[].namespaceSelector', 'selector'],
      ['spec.egress[].to[].namespaceSelector', 'selector'],
    ],
  },
  { apiVersion: 'v1', kind: 'Service', groupResource: 'services', fields: [['spec.externalName', 'host']] },
  { apiVersion: 'apps/v1', kind: 'Deployment', groupResource: 'deployments.apps', fields: AFFINITY },
  { apiVersion: 'apps/v1', kind: 'StatefulSet', groupResource: 'statefulsets.apps', fields: AFFINITY },
  { apiVersion: 'apps/v1', kind: 'DaemonSet', groupResource: 'daemonsets.apps', fields: AFFINITY },
  { apiVersion: `${GATEWAY}/v1`, kind: 'HTTPRoute', groupResource: `httproutes.${GATEWAY}`, fields: ROUTE_RULES },
  { apiVersion: `${GATEWAY}/v1`, kind: 'GRPCRoute', groupResource: `grpcroutes.${GATEWAY}`, fields: ROUTE_RULES },
  {
    apiVersion: `${GATEWAY}/v1`,
    kind: 'Gateway',
    groupResource: `gateways.${GATEWAY}`,
    fields: [
      ['spec.listeners[].allowedRoutes.namespaces.selector', 'selector'],
      ['spec.listeners[].tls.certificateRefs[].namespace', 'name'],
    ],
  },
  {
    apiVersion: `${GATEWAY}/v1beta1`,
    kind: 'ReferenceGrant',
    groupResource: `referencegrants.${GATEWAY}`,
    fields: [['spec.from[].namespace', 'name']],
  },
  {
    apiVersion: `${MONITORING}/v1`,
    kind: 'ServiceMonitor',
    groupResource: `servicemonitors.${MONITORING}`,
    fields: MONITOR,
  },
  { apiVersion: `${MONITORING}/v1`, kind: 'PodMonitor', groupResource: `podmonitors.${MONITORING}`, fields: MONITOR },
];

/** The object with every namespace it names replaced by the one it is mapped to. */
export function mapNamespaceReferences(object: KubeObject, mapping: NamespaceMapping): KubeObject {
  const fields = NAMESPACE_REFERENCES.find(({ kind }) => kind === object.kind)?.fields ?? [];
  return fields.reduce(
    (changed, [path, form]) => editField(changed, path, (value) => FORMS[form](value, mapping)),
    object,
  );
}

const NAMESPACE_LABEL = 'kubernetes.io/metadata.name';

const mapped = (name: string, mapping: NamespaceMapping): string => mapping.get(name) ?? name;

const FORMS = {
  /** `shop` */
  name: (value: unknown, mapping: NamespaceMapping) => (typeof value === 'string' ? mapped(value, mapping) : value),

  /** `system:serviceaccount:shop:web`, `system:serviceaccounts:shop` */
  account: (value: unknown, mapping: NamespaceMapping) =>
    typeof value === 'string'
      ? value.replace(/^(system:serviceaccounts?:)([^:]+)/, (_, prefix, name) => prefix + mapped(name, mapping))
      : value,

  /** `web.shop.svc`, `web.shop.svc.cluster.local` */
  host: (value: unknown, mapping: NamespaceMapping) =>
    typeof value === 'string'
      ? value.replace(/^([^.]+\.)([^.]+)(?=\.svc(\.|$))/, (_, service, name) => service + mapped(name, mapping))
      : value,

  /** A label selector over namespaces: the label every namespace carries with its own name. */
  selector(value: unknown, mapping: NamespaceMapping): unknown {
    const labels = editField(value, 'matchLabels', (all) => {
      const { [NAMESPACE_LABEL]: name, ...others } = all as Record<string, string>;
      return name === undefined ? all : { ...others, [NAMESPACE_LABEL]: mapped(name, mapping) };
    });
    return editField(labels, 'matchExpressions[]', (requirement) => {
      const { key, values } = requirement as { key?: string; values?: string[] };
      return key === NAMESPACE_LABEL && values
        ? { ...(requirement as object), values: values.map((name) => mapped(name, mapping)) }
        : requirement;
    });
  },
};
