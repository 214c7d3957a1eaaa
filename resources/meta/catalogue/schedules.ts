import type { CatalogueEntry } from './entry.js';

/** Conditions of a MigSchedule. */
export const SCHEDULE_CONDITIONS = {
  InvalidSchedule: {
    on: { MigSchedule: 'Critical' },
    mtc: false,
    meaning: 'Temporal does not accept the schedule. Correct spec.schedule or spec.timeZone.',
  },
  InvalidPlanRef: {
    on: { MigSchedule: 'Critical' },
    mtc: true,
    meaning: 'spec.migPlanRef names a MigPlan that does not exist; until it does nothing is started. Create it.',
  },
  PlanNotReady: {
    on: { MigSchedule: 'Warn' },
    mtc: true,
    meaning: 'The plan is not Ready: a migration that starts now fails. See the conditions of the MigPlan.',
  },
  CutoverMissed: {
    on: { MigSchedule: 'Warn' },
    mtc: false,
    meaning: 'The time of the planned cutover passed while nothing could start. Set spec.cutover.at to a later time.',
  },
  CutoverFailed: {
    on: { MigSchedule: 'Warn' },
    mtc: false,
    meaning:
      'The planned cutover failed or was canceled. See its MigMigration; set spec.cutover.at to a later time to try again.',
  },
} as const satisfies Record<string, CatalogueEntry>;
