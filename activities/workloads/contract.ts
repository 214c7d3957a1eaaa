import type { RunRef, RunWarning } from '../../resources/run/run-record.js';
import type { UnhealthyResources } from '../../resources/workloads/unhealthy-resources.js';

export interface WorkloadActivities {
  /**
   * Makes the target namespaces that are not there, so that everything can be tried in them, and looks at what they hold already. Warns of
   * objects that stay as they are and of workloads that others had halted and the run starts. Fails with Refused where a workload that
   * runs on the source is there, down and not the plan's, or would wait for a class of storage that is not there.
   */
  inspectTarget(input: { run: RunRef }): Promise<{ warnings?: RunWarning[] }>;
  /**
   * Asks the target, by dry runs, whether it would take the workloads the run brings and a pod of each, and compares its quotas with all
   * that start: policies, webhooks, pod security, missing priority classes are found while the source still runs. Changes nothing.
   * Namespaces that are not there are passed over. Fails with Refused.
   */
  rehearseTarget(input: { run: RunRef }): Promise<{ workloads: number }>;
  /**
   * Halts every workload of the source namespaces that the run migrates, saving its former state in MTC's annotations in the same patch
   * (kinds: resources/workloads/kinds). Records in the run's facts that un-quiesce is owed, and for which workloads, before it halts any; a
   * rollback owes none, since it starts them itself. Fails with Refused when the run unwinds or has ended.
   * Warns of pods that have no controller and keep running.
   */
  quiesceApplications(input: { run: RunRef }): Promise<{ workloads: number; warnings?: RunWarning[] }>;
  /**
   * Until every pod the quiesced workloads owned is gone. Fails with ScaledUpAgain when replicas rise again. Records the state of each
   * workload then.
   */
  waitForQuiesce(input: { run: RunRef }): Promise<{ pods: number }>;
  /** Fails with ScaledUpAgain (naming the field manager) when something scaled a quiesced workload up, also if it is down again. Called right before the final pass and before Restore. */
  checkQuiesced(input: { run: RunRef }): Promise<void>;
  /**
   * Brings the source's workloads back to their annotated state: only where replicas are 0 and the annotation is ours. Idempotent. Warns
   * of workloads that were deleted after the run had halted them, and of those whose annotation no longer tells their state: these
   * stay down. So does, unless this is a rollback, what an earlier run of the plan had halted for good, and this one found down.
   */
  unquiesceSource(input: {
    run: RunRef;
  }): Promise<{ workloads: number; alreadyRunning: number; warnings?: RunWarning[] }>;
  /** Until every workload that un-quiesce starts has its former number of pods ready or at least created; `observed` says what was seen. */
  confirmSourceRunning(input: { run: RunRef }): Promise<void>;
  /**
   * Checks that all that was halted has arrived with what its pods need, and asks the target, by dry runs, whether it would start that and
   * take a pod of each, once its controllers have seen it, while a cancel still brings the source back. Changes nothing. Fails with what
   * the target refuses and with ScaledUpAgain.
   */
  rehearseStart(input: { run: RunRef }): Promise<{ workloads: number }>;
  /**
   * The only thing that starts anything on the target: gives restored workloads their annotated replicas, removes MTC's pre-quiesce
   * annotations, creates bare pods kept back from the restore. Records the commit point in the run's facts before the first scale-up.
   * Fails before it as rehearseStart does; behind it, warns of workloads that were halted on the source and are not on the target.
   */
  startTarget(input: { run: RunRef }): Promise<{ workloads: number; warnings?: RunWarning[] }>;
  /** Until the started workloads are available (or patience is spent: then a warning, never a reason to start the source). */
  waitForTarget(input: {
    run: RunRef;
  }): Promise<{ unhealthy: { kind: string; namespace: string; name: string; message: string }[] }>;
  /** Scales every workload our runs restored on the target to zero and waits until no pod of theirs is left. */
  confirmTargetDown(input: { run: RunRef }): Promise<void>;
  /**
   * Until every workload of the target namespaces (with the mapped names) has the pods it wants, ready, or one of their pods is seen to be
   * unhealthy, or patience is spent. Never fails for what it finds.
   *
   * @returns `unhealthy`: a line for each workload and each other pod; `resources`: their names, undefined when all are healthy
   */
  verifyTarget(input: { run: RunRef }): Promise<{ unhealthy: string[]; resources?: UnhealthyResources }>;
}
