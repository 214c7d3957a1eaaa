import type { KubeObject } from '../../../resources/meta/kube-object.js';
import { fromEnvironment } from '../system/system.js';

interface PodOptions {
  /** Shell script that runs before the container, with the volume at /data: the pod is not ready before it ends. */
  first?: string;
  /** Shell script that runs when the pod is asked to end. */
  last?: string;
  /** Claim mounted at /data. */
  claim?: string;
}

/** A pod that does nothing in the meantime. */
export function podTemplate(app: string, { first, last = 'true', claim }: PodOptions = {}) {
  const container = {
    image: fromEnvironment('SAMPLE_APP_IMAGE'),
    resources: { requests: { cpu: '5m', memory: '16Mi' } },
    ...(claim && { volumeMounts: [{ name: 'data', mountPath: '/data' }] }),
  };
  const idle = `trap '${last}; exit 0' TERM; while :; do sleep 1 & wait $!; done`;
  return {
    metadata: { labels: { app } },
    spec: {
      terminationGracePeriodSeconds: 60,
      ...(first && { initContainers: [{ ...container, name: 'first', command: ['sh', '-c', first] }] }),
      containers: [{ ...container, name: 'app', command: ['sh', '-c', idle] }],
      ...(claim && { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: claim } }] }),
    },
  };
}

export const deployment = (name: string, options: PodOptions & { replicas?: number } = {}): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas: options.replicas ?? 1,
    selector: { matchLabels: { app: name } },
    template: podTemplate(name, options),
  },
});

export const claim = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
});
