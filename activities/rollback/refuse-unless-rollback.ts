import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import type { RunRecord } from '../../resources/run/run-record.js';

/**
 * What a plan's runs have made is removed by a run that was frozen as a rollback, whatever run an input names.
 *
 * @throws StepFailure Refused
 */
export function refuseUnlessRollback({ does, itinerary, migration }: RunRecord): void {
  if (does.starts === 'source') return;
  throw new StepFailure({
    type: FAILURE.Refused,
    what: 'Only a rollback stops and removes what migrations have brought to the target',
    where: `MigMigration ${migration.namespace}/${migration.name}`,
    why: `It is recorded as ${itinerary}.`,
    next: 'Nothing was changed. Create a MigMigration with spec.rollback: true if that is wanted.',
  });
}
