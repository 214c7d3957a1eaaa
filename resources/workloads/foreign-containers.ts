import type { KubeObject } from '../meta/kube-object.js';

interface ContainerStatus {
  name: string;
  state?: { running?: object };
}

/** Whether a container that is not ours, such as a mesh puts into pods, runs in one of ours: it keeps the pod from ending with its work. */
export const foreignContainersRun = ({ status }: KubeObject, own: string): boolean =>
  (status?.containerStatuses ?? []).some(({ name, state }: ContainerStatus) => name !== own && state?.running);
