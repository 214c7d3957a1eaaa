import type { KubeObject } from '../../meta/kube-object.js';
import { ANNOTATIONS } from '../../meta/labels.js';
import type { WorkloadKind } from '../workload-kind.js';
import { counted } from './counted.js';

export const cronJob: WorkloadKind = {
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  groupResource: 'cronjobs.batch',
  field: () => ['suspend'],
  annotation: ANNOTATIONS.preQuiesceSuspend,
  stands: () => true,
  // One that its owner had suspended counts as halted, so it is never annotated and never started.
  isHalted: (object) => object.spec?.suspend === true,
  save: () => ({ [ANNOTATIONS.preQuiesceSuspend]: 'false' }),
  halt: () => ({ suspend: true }),
  arrive: [{ patch: { suspend: true } }],
  resume: () => ({ suspend: false }),
};

const parallelism = counted('parallelism');

export const job: WorkloadKind = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  groupResource: 'jobs.batch',
  stands: () => true,
  ...parallelism,
  // A suspended one is halted all the same: queues such as Kueue resume Jobs by themselves.
  isHalted: (object) => isFinishedJob(object) || parallelism.isHalted(object),
};

/** Complete or failed: its controller does nothing more for it. */
export const isFinishedJob = (object: KubeObject): boolean =>
  (object.status?.conditions ?? []).some(
    (condition: { type: string; status: string }) =>
      (condition.type === 'Complete' || condition.type === 'Failed') && condition.status === 'True',
  );
