import type { Kubectl } from '../lab/client/kubectl.js';

const SERVICES = ['web', 'api', 'jobs'];
const REPLICAS = 2;

/** An application of 30 objects without volumes; its six pods end at once when they are told to. */
export async function deployStateless(cluster: Kubectl, namespace: string, image: string): Promise<void> {
  await cluster.apply(JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }));
  const items = applicationObjects(image).map((object) => ({
    ...object,
    metadata: { ...object.metadata, namespace },
  }));
  await cluster.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  await untilAvailable(cluster, namespace);
}

export async function untilAvailable(cluster: Kubectl, namespace: string): Promise<void> {
  await cluster.run([
    ...['-n', namespace, 'wait', 'deployment', '--all'],
    ...[`--for=jsonpath={.status.availableReplicas}=${REPLICAS}`, '--timeout=120s'],
  ]);
}

/** 3 each of Deployment, Service, ServiceAccount, Role and RoleBinding, 8 ConfigMaps, 5 Secrets, a NetworkPolicy and a disruption budget. */
function applicationObjects(image: string) {
  const numbered = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
  return [
    ...SERVICES.flatMap((name) => [...workload(name, image), ...rights(name)]),
    ...numbered(8).map((number) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `settings-${number}` },
      data: { 'settings.conf': `level = ${number}\n`.repeat(20) },
    })),
    ...numbered(5).map((number) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: `key-${number}` },
      stringData: { key: `not-really-secret-${number}` },
    })),
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'within' },
      spec: { podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }] },
    },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
    },
  ];
}

function workload(name: string, image: string) {
  const labels = { app: name };
  const container = {
    name,
    image,
    command: ['sh', '-c', 'trap "exit 0" TERM; sleep infinity & wait'],
    resources: { requests: { cpu: '1m', memory: '4Mi' } },
  };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } },
    { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { selector: labels, ports: [{ port: 8080 }] } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name },
      spec: {
        replicas: REPLICAS,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { serviceAccountName: name, containers: [container] } },
      },
    },
  ];
}

function rights(name: string) {
  const apiGroup = 'rbac.authorization.k8s.io';
  return [
    {
      apiVersion: `${apiGroup}/v1`,
      kind: 'Role',
      metadata: { name },
      rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }],
    },
    {
      apiVersion: `${apiGroup}/v1`,
      kind: 'RoleBinding',
      metadata: { name },
      roleRef: { apiGroup, kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name }],
    },
  ];
}
