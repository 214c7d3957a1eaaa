import type { EntityManager } from 'typeorm';
import { COPY_STATE } from '../resources/kinds/direct-volume-migration.js';
import type { RunRef } from '../resources/run/run-record.js';
import type { EntryProgress, WaitRecord } from '../resources/run/waits.js';
import type { Database } from './database.js';
import { type StatusRepository, SYSTEM_ACTOR } from './migration-store.js';
import type { ResourceWriter } from './resource-writer.js';
import { ResourceEntity } from './schema/resource-entity.js';

type Status = Record<string, unknown>;

interface PipelineEntry extends EntryProgress {
  name: string;
  started?: string;
  completed?: string;
}

export class PostgresStatusRepository implements StatusRepository {
  constructor(
    private readonly database: Database,
    private readonly writer: ResourceWriter,
  ) {}

  writeRunStatus(ref: RunRef, revision: number, status: Status): Promise<boolean> {
    return this.database.transaction(async (manager) => {
      const row = await lockOlderStatus(manager, ref, revision);
      if (!row) {
        return false;
      }
      const sameRun = row.statusAttempt === ref.attempt;
      await manager.update(ResourceEntity, row.uid, { statusAttempt: ref.attempt, statusRevision: String(revision) });
      const next = sameRun ? keepActivitiesPart(status, row.object.status) : status;
      await this.writer.replace(manager, row, { ...row.object, status: next }, SYSTEM_ACTOR);
      return true;
    });
  }

  writeStepProgress(ref: RunRef, step: string, lines: string[]): Promise<void> {
    return this.changeEntry(
      ref,
      (pipeline) => pipeline.findLast(({ name }) => name === step),
      ({ waits }) => ({ progress: lines, waits }),
    );
  }

  writeWait(ref: RunRef, steps: readonly string[], title: string, wait: WaitRecord | undefined): Promise<void> {
    return this.changeEntry(
      ref,
      (pipeline) =>
        pipeline
          .filter(({ started, completed }) => started !== undefined && completed === undefined)
          .findLast(({ name }) => steps.length === 0 || steps.includes(name)),
      ({ progress, waits = [] }) => ({
        progress,
        waits: [...waits.filter((known) => known.title !== title), ...(wait ? [wait] : [])],
      }),
    );
  }

  private changeEntry(
    ref: RunRef,
    choose: (pipeline: PipelineEntry[]) => PipelineEntry | undefined,
    progressOf: (entry: PipelineEntry) => EntryProgress,
  ): Promise<void> {
    return this.database.transaction(async (manager) => {
      const row = await manager.findOne(ResourceEntity, {
        where: { uid: ref.uid, statusAttempt: ref.attempt },
        lock: { mode: 'pessimistic_write' },
      });
      const pipeline = pipelineOf(row?.object.status);
      const chosen = choose(pipeline);
      if (row && chosen) {
        const changed = withProgress(chosen, progressOf(chosen));
        const status = {
          ...row.object.status,
          pipeline: pipeline.map((entry) => (entry === chosen ? changed : entry)),
        };
        await this.writer.replace(manager, row, { ...row.object, status }, SYSTEM_ACTOR);
      }
    });
  }
}

const withProgress = (
  { progress: _, waits: __, ...entry }: PipelineEntry,
  { progress = [], waits = [] }: EntryProgress,
): PipelineEntry => ({
  ...entry,
  ...(progress.length > 0 && { progress }),
  ...(waits.length > 0 && { waits }),
});

/** The row, unless its status is newer than this. An equal revision is the same write repeated. */
const lockOlderStatus = (manager: EntityManager, ref: RunRef, revision: number): Promise<ResourceEntity | null> =>
  manager
    .createQueryBuilder(ResourceEntity, 'r')
    .setLock('pessimistic_write')
    .where('r.uid = :uid', { uid: ref.uid })
    .andWhere('(r.status_attempt, r.status_revision) <= (:attempt, :revision)', { attempt: ref.attempt, revision })
    .getOne();

const pipelineOf = (status: Status | undefined): PipelineEntry[] =>
  (status?.pipeline as PipelineEntry[] | undefined) ?? [];

/** Activities write between two writes of the workflow, which knows nothing of it. */
function keepActivitiesPart(status: Status, before: Status = {}): Status {
  const kept = Object.fromEntries(COPY_STATE.filter((field) => field in before).map((field) => [field, before[field]]));
  return { ...kept, ...status, ...(status.pipeline !== undefined && { pipeline: keepProgress(status, before) }) };
}

/** A step that has ended waits for nothing, whatever an activity could no longer take away. */
function keepProgress(status: Status, before: Status): PipelineEntry[] {
  const known = pipelineOf(before);
  return pipelineOf(status).map((entry) => {
    const before = known.findLast(({ name }) => name === entry.name);
    return withProgress(entry, {
      progress: entry.progress ?? before?.progress,
      waits: entry.completed ? [] : before?.waits,
    });
  });
}
