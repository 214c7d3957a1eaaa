import pLimit from 'p-limit';
import type { ClusterClient } from '../../clusters/cluster-client.js';
import { FAILURE, type FailureReport, StepFailure } from '../../resources/meta/failure.js';
import { describeReference, type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { type Resumption, resume } from '../../resources/workloads/quiesce.js';
import { CONCURRENCY } from '../kit/concurrency.js';
import { patchNewest } from '../kit/patch-newest.js';
import { type FinishOptions, finishResuming } from './finish-resuming.js';

export interface ResumeOptions extends FinishOptions {
  /** Only asks the cluster whether it would do so. */
  dryRun?: boolean;
  /** Takes what would be said of a workload whose annotation no longer tells its former state; without it that is a failure. */
  passOver?: (report: FailureReport) => void;
}

/**
 * Brings back whatever runs of the plan halted, each as its newest state says. All are tried before the first failure is thrown, so that
 * one workload that cannot be started keeps no other down.
 *
 * @throws StepFailure Refused when an annotation no longer tells the former state, unless such workloads are passed over
 */
export async function resumeWorkloads(
  client: ClusterClient,
  planUid: string,
  workloads: readonly KubeObject[],
  options: ResumeOptions,
): Promise<{ started: number; alreadyRunning: number }> {
  const limited = pLimit(CONCURRENCY.workloads);
  const settled = await Promise.allSettled(
    workloads.map((object) => limited(() => resumeOne(client, planUid, object, options))),
  );
  const failed = settled.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;

  const outcomes = settled.flatMap((result) => (result.status === 'fulfilled' && result.value ? [result.value] : []));
  const count = (outcome: Resumption['outcome']): number => outcomes.filter((value) => value === outcome).length;
  return { started: count('starts'), alreadyRunning: count('runsAlready') };
}

/** The outcome; undefined when the workload is not the plan's to start, or gone. */
async function resumeOne(
  client: ClusterClient,
  planUid: string,
  object: KubeObject,
  options: ResumeOptions,
): Promise<Resumption['outcome'] | undefined> {
  let last: Resumption | undefined;
  const resumed = await patchNewest(
    client,
    object,
    (newest) => {
      last = resume(newest, planUid, options);
      return last?.outcome === 'unreadable' ? undefined : last?.patch;
    },
    options,
  );
  // Assigned in the closure, which the compiler does not follow.
  const done = last as Resumption | undefined;
  if (done?.outcome === 'unreadable') {
    const report = damaged(client, object, done);
    if (!options.passOver) throw new StepFailure(report);
    options.passOver(report);
  }
  if (resumed && done?.outcome === 'starts' && done.finish && !options.dryRun) {
    await finishResuming(client, planUid, resumed, { ...options, finish: done.finish });
  }
  return done?.outcome;
}

const damaged = (
  client: ClusterClient,
  object: KubeObject,
  { annotation, saved }: Extract<Resumption, { outcome: 'unreadable' }>,
): FailureReport => ({
  type: FAILURE.Refused,
  what: `${describeReference(referenceOf(object))} cannot be started: its former scale is lost`,
  where: `cluster ${client.name}, namespace ${object.metadata.namespace}`,
  why: saved === undefined ? `Annotation ${annotation} is missing.` : `Annotation ${annotation} holds "${saved}".`,
  next: 'Set its scale by hand (the log of the migration shows what it was) and remove the annotations of the migration.',
});
