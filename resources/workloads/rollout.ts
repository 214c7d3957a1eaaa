import type { KubeObject } from '../meta/kube-object.js';

const HELD: Record<string, (object: KubeObject) => boolean> = {
  Deployment: ({ spec }) => spec?.paused === true,
  DeploymentConfig: ({ spec }) =>
    spec?.paused === true || !(spec?.triggers ?? []).some(({ type }: { type: string }) => type === 'ConfigChange'),
};

/** Whether a workload that is scaled up runs what its controllers were last made from, not what its own template says by now. */
export const holdsRollout = (object: KubeObject): boolean => HELD[object.kind]?.(object) ?? false;

/** Kinds of the controllers that run the pods of such a workload. */
export const ROLLOUT_CONTROLLERS = [
  { apiVersion: 'apps/v1', kind: 'ReplicaSet' },
  { apiVersion: 'v1', kind: 'ReplicationController' },
] as const;
