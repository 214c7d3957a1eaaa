import type { KubeObject } from '../meta/kube-object.js';
import { daemonSet } from './kinds/daemon-set.js';
import { deploymentConfig } from './kinds/deployment-config.js';
import { cronJob, job } from './kinds/jobs.js';
import { deployment, replicaSet, replicationController, statefulSet } from './kinds/replicated.js';
import { virtualMachine } from './kinds/virtual-machine.js';
import type { WorkloadKind } from './workload-kind.js';

export { isFinishedJob } from './kinds/jobs.js';
export type { WorkloadKind } from './workload-kind.js';

/** In the order they are halted: a CronJob before the Jobs it might still make. A cluster need not serve all of them. */
export const WORKLOAD_KINDS: readonly WorkloadKind[] = [
  cronJob,
  deploymentConfig,
  deployment,
  statefulSet,
  replicaSet,
  replicationController,
  daemonSet,
  job,
  virtualMachine,
];

export function workloadKindOf(object: Pick<KubeObject, 'kind'>): WorkloadKind {
  const found = WORKLOAD_KINDS.find(({ kind }) => kind === object.kind);
  if (!found) throw new Error(`${object.kind} is not a workload kind`);
  return found;
}
