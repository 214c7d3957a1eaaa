import { ITINERARY } from '../../resources/run/run-record.js';
import type { MigrationRun } from './migration-run.js';

/** Why a run has succeeded although it was asked to cancel. */
export function whyCancelWasIgnored({ summary, isCanceled }: MigrationRun): string {
  if (isCanceled)
    return 'The cancel came when the work was done: the copy is complete, and nothing of the source application was touched.';
  switch (summary.itinerary) {
    case ITINERARY.Rollback:
      return 'The cancel came when the rollback had begun to take the target down: half a rollback would leave the application nowhere.';
    case ITINERARY.Conversion:
      return 'The cancel came after the commit point, when the workloads could no longer get their former claims back without losing writes to the new ones.';
    default:
      return summary.quiescePods
        ? 'The cancel came after the commit point, when the source could no longer be brought back without losing writes on the target.'
        : 'The cancel came after the commit point, when the objects were already being brought to the target; the source was not halted and runs as before.';
  }
}
