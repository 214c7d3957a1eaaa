import type { MigrationStore } from '../../migrations-db/migration-store.js';
import { type Condition, conditionsOf } from '../../resources/meta/conditions.js';
import type { RunRef } from '../../resources/run/run-record.js';
import { announceConditions } from '../records/announce-conditions.js';
import { findRunObject } from '../records/run-objects.js';

/** Writes the root workflow's status unless a newer one is there, and tells of new conditions as Events. */
export async function writeStatus(
  store: MigrationStore,
  { run, revision, status }: { run: RunRef; revision: number; status: Record<string, unknown> },
): Promise<void> {
  const before = await findRunObject(store, run);
  if (!before) return;
  const written = await store.statuses.writeRunStatus(run, revision, status);
  if (!written) return;
  await recordSteps(store, run, status);
  await recordErrors(store, run, status);
  await announceConditions(store.events, before, conditionsOf(before), (status.conditions ?? []) as Condition[]);
}

interface PipelineStep {
  name: string;
  message?: string;
  started?: string;
  completed?: string;
  failed?: boolean;
  skipped?: boolean;
}

/** The history of the run: what `report` and `log` tell when the status is that of a later run. */
async function recordSteps(store: MigrationStore, run: RunRef, status: Record<string, unknown>): Promise<void> {
  const steps = (status.pipeline ?? []) as PipelineStep[];
  for (const step of steps.filter(({ started }) => started !== undefined)) {
    await store.runs.recordStep(run, {
      name: step.name,
      state: stateOf(step),
      message: step.message,
      startedAt: step.started,
      endedAt: step.completed,
    });
  }
}

/** The status of the next attempt replaces them. A run that was never frozen has no row to keep them in. */
async function recordErrors(store: MigrationStore, run: RunRef, { errors }: Record<string, unknown>): Promise<void> {
  if (!Array.isArray(errors) || (await store.runs.get(run)) === undefined) return;
  await store.runs.addFacts(run, { errors });
}

function stateOf({ failed, completed }: PipelineStep): string {
  if (failed) return 'Failed';
  return completed === undefined ? 'Running' : 'Completed';
}
