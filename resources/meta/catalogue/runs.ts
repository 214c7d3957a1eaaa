import type { CatalogueEntry } from './entry.js';

const ADVISORY = { MigMigration: 'Advisory', DirectVolumeMigration: 'Advisory' } as const;
const WARN = { MigMigration: 'Warn', DirectVolumeMigration: 'Warn' } as const;

/** Conditions of what is run: how far it is, what it waits for, how it ended, and what it left. */
export const RUN_CONDITIONS = {
  Running: {
    on: ADVISORY,
    mtc: true,
    meaning: 'The run is under way. The reason is the phase, the message counts the steps.',
  },
  Postponed: {
    on: { MigMigration: 'Advisory' },
    mtc: true,
    meaning: 'Another migration of the plan is running. This one starts by itself when its turn comes.',
  },
  CredentialsRejected: {
    on: WARN,
    mtc: false,
    meaning:
      'A cluster or the object store no longer accepts the stored credentials; the run waits. Put new ones into the Secret: it continues by itself.',
  },
  Paused: {
    on: { MigMigration: 'Warn' },
    mtc: false,
    meaning:
      'A step failed and the plan says onFailure: Pause. Fix the cause and retry the migration, or cancel it; at the end of the pause it unwinds by itself.',
  },
  Retrying: {
    on: { MigMigration: 'Advisory' },
    mtc: false,
    meaning: 'Another attempt was requested and begins.',
  },
  Canceling: {
    on: ADVISORY,
    mtc: true,
    meaning: 'The run was asked to stop and undoes what it did.',
  },
  Unwinding: {
    on: ADVISORY,
    mtc: false,
    meaning: 'The run has failed and undoes what it did. The message says why it failed.',
  },
  UnwindBlocked: {
    on: WARN,
    mtc: false,
    meaning:
      'What was done cannot be undone yet. Fix what the message names; it is tried again by itself, and at once when the migration is told to retry.',
  },
  Recovered: {
    on: { MigMigration: 'Advisory' },
    mtc: false,
    meaning: 'The workflow of this rollback was terminated; its steps are repeated to their end.',
  },
  Succeeded: {
    on: ADVISORY,
    mtc: true,
    meaning: 'The run has succeeded.',
  },
  SucceededWithWarnings: {
    on: ADVISORY,
    mtc: true,
    meaning: 'The run has completed, but something needs attention. See the conditions of category Warn.',
  },
  Failed: {
    on: { MigMigration: 'Advisory', DirectVolumeMigration: 'Critical' },
    mtc: true,
    meaning: 'The run has failed. The message gives the cause, where the application is now, and what to do next.',
  },
  Canceled: {
    on: ADVISORY,
    mtc: true,
    meaning: 'The run was canceled. The message says where the application is now.',
  },
  CancelIgnored: {
    on: WARN,
    mtc: false,
    meaning:
      'The request to cancel came too late, so the run was completed; the message says why. To go back, create a MigMigration with spec.rollback: true.',
  },
  QuiesceIgnored: {
    on: { MigMigration: 'Warn' },
    mtc: false,
    meaning: 'spec.quiescePods has no effect on a stage migration: the source keeps running. Leave it out.',
  },
  VerifyIgnored: {
    on: { MigMigration: 'Warn' },
    mtc: false,
    meaning: 'spec.verify has an effect on a cutover only. Leave it out.',
  },
  SourceNotQuiesced: {
    on: { MigMigration: 'Warn' },
    mtc: false,
    meaning:
      'The source keeps running: what it writes after its volumes were copied is not on the target. Set spec.quiescePods to true for a cutover.',
  },
  HookFailed: {
    on: { MigMigration: 'Warn' },
    mtc: false,
    meaning:
      'A hook with onFailure: Ignore failed, and the migration continued. See the message for the log of the hook.',
  },
  HelpersLeft: {
    on: WARN,
    mtc: false,
    meaning: 'Helper objects of the run could not be removed. The next run or a sweep of the plan removes them.',
  },
  VolumeCopyWarnings: {
    on: WARN,
    mtc: false,
    meaning:
      'Volumes were copied, but something about the copy needs attention. The message says what, for each volume.',
  },
  VeleroInitialBackupPartiallyFailed: {
    on: { MigMigration: 'Warn' },
    mtc: true,
    meaning:
      'Some objects could not be backed up; they are not on the target. See the message, then create them there.',
  },
  ClusterObjectsDiffer: {
    on: { MigMigration: 'Warn' },
    mtc: false,
    meaning:
      'Objects of the whole cluster were on the target under the same name and stay as they are; they do not give the accounts of the migration what they have on the source. Correct them there if the accounts need it.',
  },
  VeleroFinalRestorePartiallyFailed: {
    on: { MigMigration: 'Warn' },
    mtc: true,
    meaning: 'Some objects could not be restored on the target. See the message, then create them there.',
  },
  UnhealthyNamespaces: {
    on: { MigMigration: 'Warn' },
    mtc: true,
    meaning: 'Workloads on the target are not healthy. See status.unhealthyResources and the events of their pods.',
  },
  VerificationNotMade: {
    on: { MigMigration: 'Warn' },
    mtc: false,
    meaning: 'Whether the application is healthy on the target could not be seen. Look at its pods there.',
  },
  ScalersPaused: {
    on: { MigMigration: 'Warn' },
    mtc: false,
    meaning:
      'KEDA is paused on the target, as the owner of its objects had paused it on the source. Remove the annotations of the pause there.',
  },
  WorkloadsMissingOnTarget: {
    on: { MigMigration: 'Warn' },
    mtc: false,
    meaning:
      'Workloads that were halted on the source are not on the target, from which they went behind the commit point. Create them there.',
  },
  WorkloadsNotStarted: {
    on: WARN,
    mtc: false,
    meaning:
      'Workloads of the source could not be started again, since their former scale cannot be read. Scale them by hand.',
  },
  WorkloadsGone: {
    on: WARN,
    mtc: false,
    meaning: 'Workloads were deleted on the source while they were halted. Create them again if they are still wanted.',
  },
  SourceKeptDown: {
    on: WARN,
    mtc: false,
    meaning:
      'Workloads that an earlier cutover halted stay down on the source. To start them there, create a MigMigration with spec.rollback: true.',
  },
  ClaimReferencesLeft: {
    on: { MigMigration: 'Warn' },
    mtc: false,
    meaning:
      'Workloads whose claims were exchanged need attention: Jobs that begin again, pods that still mount the former claim. Follow the message.',
  },
  KeptOnTarget: {
    on: { MigMigration: 'Warn' },
    mtc: false,
    meaning:
      'A rollback left objects on the target, since others use or changed them. Delete them by hand if they are not needed.',
  },
  DiscardedOnTarget: {
    on: { MigMigration: 'Advisory' },
    mtc: false,
    meaning: 'A rollback has discarded what was written to these claims on the target since the cutover.',
  },
  InvalidSpec: {
    on: { MigMigration: 'Critical' },
    mtc: true,
    within: 'Failed',
    meaning:
      'The spec of the migration contradicts itself or the plan. Create another MigMigration as the message says.',
  },
  PlanClosed: {
    on: { MigMigration: 'Critical' },
    mtc: true,
    within: 'Failed',
    meaning: 'The plan is closed. Create another plan.',
  },
  HasFinalMigration: {
    on: { MigMigration: 'Critical' },
    mtc: true,
    within: 'Failed',
    meaning:
      'The plan already had its cutover; copying again would overwrite what was written since. Roll that back first.',
  },
} as const satisfies Record<string, CatalogueEntry>;
