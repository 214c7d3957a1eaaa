import type { KubeObject } from '../../meta/kube-object.js';
import { ANNOTATIONS } from '../../meta/labels.js';
import { controllerOf } from '../ownership.js';
import type { WorkloadKind } from '../workload-kind.js';
import { replicas, savePaused, wasPaused } from './counted.js';

const hasNoController = (object: KubeObject): boolean => controllerOf(object) === undefined;

/**
 * A paused Deployment stays paused on the source, unlike with MTC: its controller scales it all the same, and un-pausing would resume
 * the rollout that its owner holds back. On the target it is paused only when it starts: arriving paused, it would never get a
 * ReplicaSet.
 */
export const deployment: WorkloadKind = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  groupResource: 'deployments.apps',
  stands: () => true,
  ...replicas,
  save: savePaused,
  arrive: [{ patch: { replicas: 0, paused: null } }],
  resume: (saved) => {
    const spec = replicas.resume(saved);
    return spec && wasPaused(saved) ? { ...spec, paused: true } : spec;
  },
};

const deletesClaims = ({ spec }: KubeObject): boolean =>
  spec?.persistentVolumeClaimRetentionPolicy?.whenScaled === 'Delete';

const whenScaled = (policy: 'Delete' | 'Retain') => ({ persistentVolumeClaimRetentionPolicy: { whenScaled: policy } });

/** One that deletes its claims when it is scaled down would lose them all by being halted: its policy is saved and set with the scale. */
export const statefulSet: WorkloadKind = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  groupResource: 'statefulsets.apps',
  stands: () => true,
  ...replicas,
  save: (object) => ({
    ...replicas.save(object),
    ...(deletesClaims(object) && { [ANNOTATIONS.preQuiesceClaimRetention]: 'Delete' }),
  }),
  halt: (object) => ({ ...replicas.halt(object), ...(deletesClaims(object) && whenScaled('Retain')) }),
  resume: (saved) => {
    const spec = replicas.resume(saved);
    return spec && saved[ANNOTATIONS.preQuiesceClaimRetention] === 'Delete'
      ? { ...spec, ...whenScaled('Delete') }
      : spec;
  },
};

export const replicaSet: WorkloadKind = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  groupResource: 'replicasets.apps',
  stands: hasNoController,
  ...replicas,
};

export const replicationController: WorkloadKind = {
  apiVersion: 'v1',
  kind: 'ReplicationController',
  groupResource: 'replicationcontrollers',
  stands: hasNoController,
  ...replicas,
};
