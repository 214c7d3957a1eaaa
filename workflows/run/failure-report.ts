import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure, TimeoutFailure } from '@temporalio/workflow';
import { FAILURE, type FailureReport } from '../../resources/meta/failure.js';

/** The report an activity attached to its failure, unwrapped from Temporal's failures; or one made from whatever is known. */
export function failureReport(error: unknown): FailureReport {
  let current = error;
  let place = 'the migration';
  while (current instanceof ActivityFailure || current instanceof ChildWorkflowFailure) {
    place = current instanceof ActivityFailure ? `activity ${current.activityType}` : place;
    current = current.cause;
  }
  if (current instanceof ApplicationFailure) {
    const report = current.details?.[0];
    if (isReport(report)) return report;
  }
  const timeout = current instanceof TimeoutFailure;
  return {
    type: timeout ? FAILURE.PatienceSpent : FAILURE.Refused,
    what: timeout ? 'A step did not end in its time' : 'A step failed',
    where: place,
    why: current instanceof Error ? current.message : String(current),
    next: 'See the log of the migration, fix the cause and start the migration again.',
  };
}

const isReport = (value: unknown): value is FailureReport =>
  typeof value === 'object' && value !== null && 'what' in value && 'where' in value && 'next' in value;
