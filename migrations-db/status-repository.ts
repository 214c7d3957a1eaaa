import type { EntityManager } from 'typeorm';
import type { RunRef } from '../resources/run-record.js';
import type { Database } from './database.js';
import { type StatusRepository, SYSTEM_ACTOR } from './migration-store.js';
import type { ResourceWriter } from './resource-writer.js';
import { ResourceEntity } from './schema/resource-entity.js';

interface PipelineEntry {
  name: string;
  progress?: string[];
}

export class PostgresStatusRepository implements StatusRepository {
  constructor(
    private readonly database: Database,
    private readonly writer: ResourceWriter,
  ) {}

  writeMigrationStatus(ref: RunRef, revision: number, status: Record<string, unknown>): Promise<boolean> {
    return this.database.transaction(async (manager) => {
      const row = await lockOlderStatus(manager, ref, revision);
      if (!row) {
        return false;
      }
      const sameRun = row.statusAttempt === ref.attempt;
      await manager.update(ResourceEntity, row.uid, { statusAttempt: ref.attempt, statusRevision: String(revision) });
      const next = sameRun ? keepProgress(status, pipelineOf(row.object.status)) : status;
      await this.writer.replace(manager, row, { ...row.object, status: next }, SYSTEM_ACTOR);
      return true;
    });
  }

  writeStepProgress(ref: RunRef, step: string, lines: string[]): Promise<void> {
    return this.database.transaction(async (manager) => {
      const row = await manager.findOne(ResourceEntity, {
        where: { uid: ref.uid, statusAttempt: ref.attempt },
        lock: { mode: 'pessimistic_write' },
      });
      const pipeline = pipelineOf(row?.object.status);
      if (row && pipeline.some(({ name }) => name === step)) {
        const next = pipeline.map((entry) => (entry.name === step ? { ...entry, progress: lines } : entry));
        const status = { ...row.object.status, pipeline: next };
        await this.writer.replace(manager, row, { ...row.object, status }, SYSTEM_ACTOR);
      }
    });
  }
}

/** The row, unless its status is newer than this. An equal revision is the same write repeated. */
const lockOlderStatus = (manager: EntityManager, ref: RunRef, revision: number): Promise<ResourceEntity | null> =>
  manager
    .createQueryBuilder(ResourceEntity, 'r')
    .setLock('pessimistic_write')
    .where('r.uid = :uid', { uid: ref.uid })
    .andWhere('(r.status_attempt, r.status_revision) <= (:attempt, :revision)', { attempt: ref.attempt, revision })
    .getOne();

const pipelineOf = (status: Record<string, unknown> | undefined): PipelineEntry[] =>
  (status?.pipeline as PipelineEntry[] | undefined) ?? [];

/** Activities write progress between two writes of the workflow, which knows nothing of it. */
function keepProgress(status: Record<string, unknown>, before: PipelineEntry[]): Record<string, unknown> {
  if (!status.pipeline) {
    return status;
  }
  const pipeline = pipelineOf(status).map((entry) => ({
    ...entry,
    progress: entry.progress ?? before.find(({ name }) => name === entry.name)?.progress,
  }));
  return { ...status, pipeline };
}
