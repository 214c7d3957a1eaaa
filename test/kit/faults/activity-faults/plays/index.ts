import type { PerformedActivity } from '../activity-scene.js';
import type { Play } from '../play.js';
import { CLAIM_PLAYS } from './claims.js';
import { HOOK_PLAYS } from './hooks.js';
import { PLAN_PLAYS } from './plans.js';
import { ROLLBACK_PLAYS } from './rollback.js';
import { VELERO_PLAYS } from './velero.js';
import { VOLUME_PLAYS } from './volumes.js';
import { WORKLOAD_PLAYS } from './workloads.js';

/** Every activity that writes to clusters. */
export const PLAYS: readonly Play[] = [
  ...WORKLOAD_PLAYS,
  ...CLAIM_PLAYS,
  ...VOLUME_PLAYS,
  ...HOOK_PLAYS,
  ...VELERO_PLAYS,
  ...ROLLBACK_PLAYS,
  ...PLAN_PLAYS,
];

/** Activities that write to no cluster. */
export const WITHOUT_WRITES: readonly PerformedActivity[] = [
  'checkCluster',
  'checkHook',
  // Writes to the bucket alone, where the next one takes away what a killed one has left.
  'checkStorage',
  'waitForMigrationsGone',
  'letPlanGo',
  'recordMade',
  'waitForStorageUnused',
  'letStorageGo',
  // Marks the pods whose logs it has kept: one patch, which says the same again.
  'waitForHook',
  'reconcileSchedule',
  'createScheduledMigration',
  'waitForScheduledMigration',
  'freezeVolumes',
  'settleSteps',
  'waitForTurn',
  'takeCopyPlace',
  'leaveCopyPlace',
  'readRun',
  'setRunState',
  'recordFacts',
  'writeStatus',
  'finishRun',
  'waitForBackup',
  // Makes namespaces and Restores under names of their own, as createRestore does.
  'inspectTarget',
  'restoreAgain',
  // A part of createRestore, which is played with it.
  'removeLeftovers',
  // Dry runs.
  'rehearseTarget',
  'rehearseStart',
  'rehearseConverted',
  'cancelOtherMigrations',
  'freezeRollback',
  'waitForQuiesce',
  'checkQuiesced',
  'confirmSourceRunning',
  'waitForTarget',
  'verifyTarget',
];
