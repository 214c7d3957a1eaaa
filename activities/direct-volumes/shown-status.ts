import type { DirectVolumeMigrationStatus } from '../../resources/kinds/direct-volume-migration.js';
import { CATEGORY, type Condition, type ConditionFinding, mergeConditions } from '../../resources/meta/conditions.js';
import { wholeSeconds } from '../../resources/meta/time.js';
import type { RunRecord } from '../../resources/run/run-record.js';

type Status = DirectVolumeMigrationStatus;

/** How a run ends for its copies. */
export interface CopyOutcome {
  type: 'Succeeded' | 'Failed' | 'Canceled';
  message: string;
  errors?: string[];
}

const CATEGORIES = {
  Succeeded: CATEGORY.Advisory,
  Failed: CATEGORY.Critical,
  Canceled: CATEGORY.Advisory,
} as const;

const hasEnded = ({ phase }: Status): boolean => phase === 'Completed';

/** What the DirectVolumeMigration of a migration says of itself while its volumes are copied, and once the last of them is. */
export function copyingStatus(status: Status, record: RunRecord, now = new Date()): Status {
  if (hasEnded(status)) return status;
  const lastPass = record.does.halts ? 'final' : 'pre-copy';
  const operations = status.rsyncOperations ?? [];
  const copied = operations.filter(({ succeeded }) => succeeded);
  const isLast = copied.length === record.volumes.length && copied.every(({ pass }) => pass === lastPass);
  if (isLast) return endedStatus(status, { type: 'Succeeded', message: 'All volumes were copied.' }, now);
  const phase = 'RunRsyncOperations';
  return {
    ...status,
    phase,
    phaseDescription: 'Copying volumes from pod to pod.',
    itinerary: 'VolumeMigration',
    startTimestamp: status.startTimestamp ?? wholeSeconds(now),
    conditions: merge(status, now, {
      type: 'Running',
      category: CATEGORY.Advisory,
      reason: phase,
      message: `${copied.length} of ${record.volumes.length} volumes are copied${lastPass === 'final' ? ', to be brought up to date once the application is halted' : ''}.`,
    }),
  };
}

/** The final status; the first end stays. */
export function endedStatus(status: Status, { type, message, errors }: CopyOutcome, now = new Date()): Status {
  if (hasEnded(status)) return status;
  return {
    ...status,
    phase: 'Completed',
    phaseDescription: undefined,
    itinerary: type === 'Succeeded' ? 'VolumeMigration' : 'VolumeMigrationFailed',
    completionTimestamp: wholeSeconds(now),
    errors,
    conditions: merge(status, now, { type, category: CATEGORIES[type], reason: 'Completed', message, durable: true }),
  };
}

const merge = ({ conditions = [] }: Status, now: Date, finding: ConditionFinding): Status['conditions'] =>
  mergeConditions(conditions as Condition[], [finding], wholeSeconds(now)).map((condition) => ({ ...condition }));
