import type { KubeObject } from '../../../resources/meta/kube-object.js';
import { WORKLOAD_KINDS } from '../../../resources/workloads/workload-kinds.js';

/** Ends within a moment of being asked to. */
const SLEEP = 'trap "exit 0" TERM; sleep 3600 & wait';

/** One or more workloads of every kind, with what makes each of them delicate to halt and bring back. */
export function allWorkloadKinds(namespace: string, image: string): KubeObject[] {
  const podSpec = (more: object = {}): object => ({
    terminationGracePeriodSeconds: 5,
    containers: [
      { name: 'app', image, command: ['sh', '-c', SLEEP], resources: { requests: { cpu: '1m', memory: '1Mi' } } },
    ],
    ...more,
  });
  const object = (kind: string, name: string, spec: object): KubeObject => ({
    apiVersion: WORKLOAD_KINDS.find((known) => known.kind === kind)?.apiVersion ?? 'v1',
    kind,
    metadata: { name, namespace, labels: { team: 'shop' }, annotations: { note: 'written by its owner' } },
    spec,
  });
  const controlled = (kind: string, name: string, spec: object, pod: object = {}): KubeObject => {
    const labels = { app: name };
    const selector = kind === 'ReplicationController' ? labels : { matchLabels: labels };
    return object(kind, name, { selector, template: { metadata: { labels }, spec: podSpec(pod) }, ...spec });
  };
  const job = (more: object = {}, command = SLEEP): object => ({
    backoffLimit: 3,
    template: {
      spec: podSpec({ restartPolicy: 'Never', containers: [{ name: 'app', image, command: ['sh', '-c', command] }] }),
    },
    ...more,
  });
  return [
    controlled('Deployment', 'web', { replicas: 2 }),
    controlled('Deployment', 'paused', { replicas: 1 }),
    controlled('Deployment', 'stopped-by-its-owner', { replicas: 0 }),
    controlled('StatefulSet', 'db', { replicas: 2, serviceName: 'db' }),
    controlled('ReplicaSet', 'single', { replicas: 1 }),
    controlled('ReplicationController', 'old', { replicas: 1 }),
    controlled('DaemonSet', 'everywhere', {}),
    controlled('DaemonSet', 'on-linux', {}, { nodeSelector: { 'kubernetes.io/os': 'linux' } }),
    object('CronJob', 'nightly', { schedule: '0 3 * * *', jobTemplate: { spec: job() } }),
    object('CronJob', 'suspended-by-its-owner', {
      schedule: '0 3 * * *',
      suspend: true,
      jobTemplate: { spec: job() },
    }),
    object('Job', 'import', job({ parallelism: 2, completions: 5 })),
    object('Job', 'suspended', job({ suspend: true })),
    object('Job', 'done', job({}, 'true')),
    object('Pod', 'tool', podSpec()),
  ];
}
