import type { MigrationRun } from './migration-run.js';

/** Why a run has succeeded although it was asked to cancel. */
export function whyCancelWasIgnored({ summary, isCanceled }: MigrationRun): string {
  if (isCanceled)
    return 'The cancel came when the work was done: the copy is complete, and nothing of the source application was touched.';
  const { starts, halts } = summary.does;
  switch (starts) {
    case 'source':
      return 'The cancel came when the rollback had begun to take the target down: a rollback that ends half-way would leave the application on neither side.';
    case 'source-on-new-claims':
      return 'The cancel came after the commit point, when the workloads could no longer get their former claims back without losing writes to the new ones.';
    default:
      return halts
        ? 'The cancel came after the commit point, when the source could no longer be brought back without losing writes on the target.'
        : 'The cancel came after the commit point, when the objects were already being brought to the target; the source was not halted and runs as before.';
  }
}
