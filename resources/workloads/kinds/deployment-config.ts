import type { KubeObject } from '../../meta/kube-object.js';
import type { WorkloadKind } from '../workload-kind.js';
import { replicas, savePaused, wasPaused } from './counted.js';

const podsOf = ({ status }: KubeObject): number => status?.replicas ?? 0;

/**
 * OpenShift's controller does nothing at all for a paused DeploymentConfig, scaling included, unlike that of Deployments: a paused one
 * is let go to be halted, and paused again when its ReplicationController has been scaled. Its ReplicationControllers and deployer pods
 * follow it.
 */
export const deploymentConfig: WorkloadKind = {
  apiVersion: 'apps.openshift.io/v1',
  kind: 'DeploymentConfig',
  groupResource: 'deploymentconfigs.apps.openshift.io',
  stands: () => true,
  ...replicas,
  // One that was scaled to 0 while it was paused keeps its pods.
  isHalted: (object) => replicas.isHalted(object) && !(object.spec?.paused && podsOf(object) > 0),
  save: savePaused,
  halt: (object) => ({ replicas: 0, ...(object.spec?.paused ? { paused: false } : {}) }),
  arrive: [{ patch: { replicas: 0, paused: null } }],
  finish: (saved) =>
    wasPaused(saved)
      ? {
          waitsFor: 'its controller to scale it, before it is paused again',
          isDue: (object) =>
            (object.status?.observedGeneration ?? 0) >= (object.metadata.generation ?? 0) &&
            podsOf(object) >= (object.spec?.replicas ?? 1),
          spec: { paused: true },
        }
      : undefined,
};
