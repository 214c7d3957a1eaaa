import { getExternalWorkflowHandle, isCancellation, workflowInfo } from '@temporalio/workflow';
import type { ScheduledMigrationInput, ScheduleRef } from '../../temporal/contract/inputs.js';
import { objectChanged } from '../../temporal/contract/messages.js';
import { SCHEDULED_START } from '../../temporal/contract/search-attributes.js';
import { reconcileWorkflowId } from '../../temporal/contract/workflow-ids.js';
import { shortActivity, waitActivity } from '../kit/activities.js';

/**
 * One action of a schedule: makes a migration and lasts until that has ended, so that the next action sees whether it overlaps. Cancelling
 * it ends the waiting, not the migration.
 *
 * @returns the outcome, for whoever looks at the workflow
 */
export async function scheduledMigration({ schedule, cutover }: ScheduledMigrationInput): Promise<string> {
  const { typedSearchAttributes, startTime } = workflowInfo();
  const at = (typedSearchAttributes.get(SCHEDULED_START) ?? startTime).toISOString();
  const made = await shortActivity(`Create the migration of ${at}`).createScheduledMigration({ schedule, at, cutover });
  await tellReconciler(schedule);
  if ('leftOut' in made) return made.leftOut;
  const { migration } = made;
  const { succeeded } = await waitActivity(`Wait for ${migration.name} to end`).waitForScheduledMigration({
    migration,
    schedule,
  });
  await tellReconciler(schedule);
  return `MigMigration ${migration.name} ${succeeded ? 'succeeded' : 'did not succeed'}.`;
}

/** The reconciler checks again by itself before long: it is not a failure when it is gone, or not there yet. */
async function tellReconciler({ namespace, name }: ScheduleRef): Promise<void> {
  try {
    await getExternalWorkflowHandle(reconcileWorkflowId('MigSchedule', namespace, name)).signal(objectChanged);
  } catch (error) {
    if (isCancellation(error)) throw error;
  }
}
