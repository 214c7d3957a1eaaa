import type { MigrationStore, RunRow } from '../../migrations-db/migration-store.js';
import { hasCommitted, type RunFacts } from '../../resources/run/facts.js';
import { veleroName } from '../../resources/run/names.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import { planNotReady } from '../records/run-objects.js';

export interface TakenOver {
  record: RunRecord;
  facts: RunFacts;
}

/**
 * What a retry takes over of a former attempt that passed its commit point: all of it, since the application belongs to the target.
 * Undefined when the retry begins from the beginning.
 *
 * @throws StepFailure PlanNotReady when a rollback since has begun to take the application back and has not come to its end
 */
export async function takeOver(store: MigrationStore, run: RunRef): Promise<TakenOver | undefined> {
  const former = await formerAttempt(store, run);
  const { errors: _, endStatus: __, ...facts } = former?.facts ?? {};
  if (!former?.record || !hasCommitted(facts)) return undefined;
  if (await wasRolledBack(store, run, former)) return undefined;
  const backup = facts.backup ?? veleroName(former.ref, 'initial');
  const resume = { backup, ...((facts.refusedTypes ?? []).length > 0 && { again: true as const }) };
  return { record: { ...former.record, attempt: run.attempt, resume }, facts };
}

/** The newest attempt before this one that came so far as to have a record. */
async function formerAttempt({ runs }: MigrationStore, run: RunRef): Promise<RunRow | undefined> {
  for (let attempt = run.attempt - 1; attempt > 0; attempt -= 1) {
    const row = await runs.get({ ...run, attempt });
    if (row) return row;
  }
  return undefined;
}

async function wasRolledBack({ runs }: MigrationStore, run: RunRef, former: RunRow): Promise<boolean> {
  const planUid = former.record?.plan.uid ?? '';
  const rollback = (await runs.ofPlan(planUid)).findLast(
    ({ itinerary, state, startedAt }) =>
      itinerary === 'Rollback' && state !== 'Canceled' && startedAt > former.startedAt,
  );
  if (!rollback) return false;
  if (rollback.state === 'Succeeded' || rollback.state === 'SucceededWithWarnings') return true;
  throw planNotReady(
    run,
    `Rollback ${rollback.ref.name} has begun to take the application back to the source and is ${rollback.state}.`,
    'Retry the rollback, then this migration.',
  );
}
