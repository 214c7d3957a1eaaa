import { Context } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { MigrationStore } from '../../migrations-db/migration-store.js';
import { MIGRATION_FINALIZER } from '../../resources/meta/labels.js';
import type { RunCluster, RunRef } from '../../resources/run/run-record.js';
import { findRunObject } from '../records/run-objects.js';

type Attempts = Awaited<ReturnType<MigrationStore['runs']['ofPlan']>>;

/** The runs of a plan that have ended, and the clusters they ran on. */
export interface EndedRuns {
  /** The newest attempt of each. */
  runs: RunRef[];
  /** Each cluster once, sources first. */
  clusters: RunCluster[];
}

export async function findEndedRuns(store: MigrationStore, planUid: string): Promise<EndedRuns> {
  const attempts = Map.groupBy(await store.runs.ofPlan(planUid), ({ ref }) => ref.uid);
  const ended: Attempts[] = [];
  for (const rows of attempts.values()) if (await isOver(store, rows)) ended.push(rows);
  const attempted = ended.flat();
  const places = [...attempted.map(({ source }) => source), ...attempted.map(({ target }) => target)];
  return {
    runs: ended.flatMap((rows) => rows.at(-1)?.ref ?? []),
    clusters: [...new Map(places.flatMap((place) => (place ? [[place.clusterUid, place]] : []))).values()],
  };
}

/** A run whose object was forced away without an end of it recorded may still be at work. */
async function isOver(store: MigrationStore, rows: Attempts): Promise<boolean> {
  const last = rows.at(-1);
  if (!last) return true;
  const object = await findRunObject(store, last.ref);
  if (object?.metadata.finalizers?.includes(MIGRATION_FINALIZER)) return false;
  return last.endedAt !== undefined || !(await isOpen(last.workflowId));
}

async function isOpen(workflowId: string): Promise<boolean> {
  try {
    const { status } = await Context.current().client.workflow.getHandle(workflowId).describe();
    return status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
