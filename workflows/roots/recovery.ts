import { failureText } from '../../resources/meta/failure.js';
import { describeRun, type RunRef } from '../../resources/run/run-record.js';
import type { MigrationInput } from '../../temporal/contract/inputs.js';
import { firstRevision } from '../run/status-writer.js';

/** Revisions of a recovery's status come after every one that the lost attempt can have written. */
const AFTER_EVERY_OTHER_REVISION = 1_000_000;
/** More than Temporal's limit of a history lets one recovery write. */
const REVISIONS_PER_RECOVERY = 20_000;

/** Before the first one of a recovery: it may be lost as well, and the next one must be heard. */
export const recoveryRevision = ({ run, recoveries = 0 }: MigrationInput): number =>
  firstRevision(run) + AFTER_EVERY_OTHER_REVISION + recoveries * REVISIONS_PER_RECOVERY;

/** What is shown of a run that left no failure of its own. */
export const terminated = (run: RunRef): string =>
  failureText({
    what: 'The workflow of this migration was terminated before it ended',
    where: describeRun(run),
    why: 'It was terminated in Temporal, or it failed there without its own unwind.',
    next: 'Start the migration again.',
  });
