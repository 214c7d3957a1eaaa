import { HOOK_PHASES, type HookPhase, type Itinerary, type RunSummary } from './run-record.js';

/** Every step of a pipeline: the phase an MTC user reads while it runs, and what it does. */
export const STEPS = {
  Prepare: { phase: 'Prepare', message: 'Freezing the plan and preparing both clusters.' },
  Backup: { phase: 'InitialBackupCreated', message: 'Backing up the objects of the source namespaces.' },
  StageBackup: {
    phase: 'EnsureSrcQuiesced',
    message: 'Halting the source applications and waiting for their pods to end.',
  },
  DirectVolume: { phase: 'WaitForDirectVolumeMigrationToComplete', message: 'Copying volumes from pod to pod.' },
  Restore: {
    phase: 'FinalRestoreCreated',
    message: 'Restoring the objects on the target and starting the application there.',
  },
  PreBackupHooks: { phase: 'PreBackupHooks', message: 'Running the hook before the backup.' },
  PostBackupHooks: { phase: 'PostBackupHooks', message: 'Running the hook after the backup.' },
  PreRestoreHooks: { phase: 'PreRestoreHooks', message: 'Running the hook before the restore.' },
  PostRestoreHooks: { phase: 'PostRestoreHooks', message: 'Running the hook after the restore.' },
  Verification: { phase: 'Verification', message: 'Checking that the application is healthy on the target.' },
  SwapPVCReferences: {
    phase: 'SwapPVCReferences',
    message: 'Giving the workloads their new claims and starting them.',
  },
  CleanupMigrated: { phase: 'DeleteMigrated', message: 'Removing from the target what the plan brought there.' },
  CleanupVelero: { phase: 'DeleteRestores', message: 'Making sure nothing restored runs on the target.' },
  CleanupUnquiesce: { phase: 'UnQuiesceSrcApplications', message: 'Starting the source applications again.' },
  CleanupHelpers: { phase: 'DeleteDirectVolumeMigrationResources', message: 'Removing the helpers of this run.' },
  Cleanup: { phase: 'Cleanup', message: 'Removing the helpers of this run.' },
} as const;
export type StepName = keyof typeof STEPS;

/** MTC's pipeline order, fixed; a step that runs beside others does not change its place. */
export const PIPELINES: Record<Itinerary, StepName[]> = {
  Stage: ['Prepare', 'DirectVolume', 'Cleanup'],
  Final: ['Prepare', 'Backup', 'StageBackup', 'DirectVolume', 'Restore', 'Cleanup'],
  State: ['Prepare', 'StageBackup', 'DirectVolume', 'Cleanup'],
  Conversion: ['Prepare', 'StageBackup', 'DirectVolume', 'SwapPVCReferences', 'Cleanup'],
  Rollback: ['Prepare', 'CleanupHelpers', 'CleanupMigrated', 'CleanupUnquiesce'],
  Cancel: ['CleanupVelero', 'CleanupUnquiesce', 'CleanupHelpers'],
  Failed: ['CleanupVelero', 'CleanupUnquiesce', 'CleanupHelpers'],
};

/** Where the hooks of a Final stand among its steps: before the step named, or at the end of the list. */
const HOOK_PLACES: Record<HookPhase, StepName> = {
  PreBackup: 'Backup',
  PostBackup: 'Restore',
  PreRestore: 'Restore',
  PostRestore: 'Cleanup',
};

/** The steps of a run as Prepare has found them. */
export function pipelineOf({
  itinerary,
  hooks = [],
  verify,
}: Pick<RunSummary, 'itinerary' | 'hooks' | 'verify'>): StepName[] {
  const steps = [...PIPELINES[itinerary]];
  const insert = (name: StepName, before: StepName): void => void steps.splice(steps.indexOf(before), 0, name);
  for (const phase of HOOK_PHASES) {
    if (hooks.some((hook) => hook.phase === phase)) insert(`${phase}Hooks`, HOOK_PLACES[phase]);
  }
  if (verify) insert('Verification', 'Cleanup');
  return steps;
}
