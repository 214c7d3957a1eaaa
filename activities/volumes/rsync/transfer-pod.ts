import type { KubeObject, ObjectMeta } from '../../../resources/meta/kube-object.js';
import { NO_SIDECARS } from '../../../resources/meta/labels.js';
import type { PodIdentity } from './pod-identity.js';
import type { FittedResources } from './pod-resources.js';

/** Looked up by its name: others may stand in the pod as well. */
export const TRANSFER_CONTAINER = 'rsync';

/** What server and client pods differ in. */
export interface TransferPodOptions {
  metadata: ObjectMeta;
  identity: PodIdentity;
  /** Of a restricted pod: group the volume is given to. The source's volume must not be changed, so only the server has one. */
  fsGroup?: number;
  supplementalGroups: number[];
  /** Capabilities root needs for its part of the work. */
  capabilities: string[];
  claim: string;
  readOnly: boolean;
  secret: string;
  image: string;
  command: string[];
  env: Record<string, string>;
  resources: FittedResources;
  restartPolicy: 'Always' | 'Never';
  /** A folder for files of its own, in memory. */
  scratch?: true;
  /** Further fields of container and pod. */
  container?: Record<string, unknown>;
  spec?: Record<string, unknown>;
}

/** A pod of the transfer image with one volume and one set of keys, and no more rights than its work takes. */
export function transferPod(options: TransferPodOptions): KubeObject {
  const { metadata, identity, claim, readOnly, secret, image, command, resources, restartPolicy } = options;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metadata,
      labels: { ...metadata.labels, ...NO_SIDECARS.labels },
      annotations: { ...metadata.annotations, ...NO_SIDECARS.annotations },
    },
    spec: {
      restartPolicy,
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: podSecurity(options),
      containers: [
        {
          name: TRANSFER_CONTAINER,
          image,
          imagePullPolicy: 'IfNotPresent',
          command,
          env: Object.entries(options.env).map(([name, value]) => ({ name, value })),
          resources,
          securityContext: {
            ...(identity.root && { runAsUser: 0, runAsGroup: 0 }),
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'], ...(identity.root && { add: options.capabilities }) },
          },
          volumeMounts: [
            { name: 'volume', mountPath: '/volume', readOnly },
            { name: 'keys', mountPath: '/etc/transfer', readOnly: true },
            ...(options.scratch ? [{ name: 'run', mountPath: '/run/transfer' }] : []),
          ],
          ...options.container,
        },
      ],
      volumes: [
        { name: 'volume', persistentVolumeClaim: { claimName: claim } },
        // Without fsGroup the files belong to root: a restricted pod, alone with them, reads them as anyone.
        { name: 'keys', secret: { secretName: secret, defaultMode: identity.root ? 0o400 : 0o444 } },
        ...(options.scratch ? [{ name: 'run', emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } }] : []),
      ],
      ...options.spec,
    },
  };
}

function podSecurity({ identity, fsGroup, supplementalGroups }: TransferPodOptions): Record<string, unknown> {
  const groups = [...new Set([...(identity.root ? [] : identity.groups), ...supplementalGroups])];
  return {
    seccompProfile: { type: 'RuntimeDefault' },
    ...(groups.length > 0 && { supplementalGroups: groups }),
    ...(!identity.root && {
      runAsNonRoot: true,
      ...(identity.user !== undefined && { runAsUser: identity.user }),
      ...(identity.group !== undefined && { runAsGroup: identity.group }),
      ...(fsGroup !== undefined && { fsGroup, fsGroupChangePolicy: 'OnRootMismatch' }),
    }),
  };
}
