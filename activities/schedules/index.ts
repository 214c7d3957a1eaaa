import { Context } from '@temporalio/activity';
import type { ActivityDependencies } from '../kit/dependencies.js';
import type { ScheduleActivities } from './contract.js';
import { createScheduledMigration } from './create-scheduled-migration.js';
import { reconcileSchedule } from './reconcile-schedule.js';
import { waitForScheduledMigration } from './wait-for-scheduled-migration.js';

export const createScheduleActivities = ({ store }: ActivityDependencies): ScheduleActivities => ({
  reconcileSchedule: (input) => reconcileSchedule(store, Context.current().client, input),
  createScheduledMigration: (input) => createScheduledMigration(store, input),
  waitForScheduledMigration: (input) => waitForScheduledMigration(store, input),
});
