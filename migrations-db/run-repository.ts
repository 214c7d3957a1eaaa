import { In, IsNull } from 'typeorm';
import type { CreatedObject, RecordedObject } from '../resources/run/created-object.js';
import type { RunFacts } from '../resources/run/facts.js';
import type { RunRecord, RunRef } from '../resources/run/run-record.js';
import { isOpen, statesBefore } from '../resources/run/run-state.js';
import { createdBy, forgetCreated } from './created-objects.js';
import type { Database } from './database.js';
import {
  type NamespaceHolder,
  type NamespacePlace,
  type NewRun,
  type QueuedKind,
  type RunOutline,
  type RunRepository,
  type RunRow,
  StoreError,
  type VolumeTransferRow,
} from './migration-store.js';
import { lockNamespaces } from './namespace-locks.js';
import { type Place, releasePlan, takePlan } from './plan-queue.js';
import { CreatedObjectEntity } from './schema/created-object-entity.js';
import { RunEntity } from './schema/run-entity.js';
import { RunLogEntity } from './schema/run-log-entity.js';
import { RunStepEntity } from './schema/run-step-entity.js';
import { VolumeTransferEntity } from './schema/volume-transfer-entity.js';
import type { SealedFields } from './sealed-fields.js';
import { saveTransfers, toTransferRow } from './volume-transfers.js';

/** Entries kept of a run's log; the oldest go first. */
const LOG_ENTRIES = 5_000;
/** Characters kept of one entry, from its end: that is where the error is. */
const LOG_ENTRY_CHARACTERS = 32_768;

/** A record lists every volume: what asks for all runs of a plan does not need them. */
const WITHOUT_RECORD = [
  'uid',
  'attempt',
  'kind',
  'namespace',
  'name',
  'itinerary',
  'state',
  'facts',
  'workflowId',
  'source',
  'target',
  'startedAt',
  'endedAt',
] as const satisfies readonly (keyof RunEntity)[];

const NO_LOCK: { plan: string; places: readonly NamespacePlace[] } = { plan: '', places: [] };

type Step = Awaited<ReturnType<RunRepository['steps']>>[number];
type LogEntry = Awaited<ReturnType<RunRepository['log']>>[number];

export class PostgresRunRepository implements RunRepository {
  constructor(
    private readonly database: Database,
    private readonly sealed: SealedFields,
  ) {}

  freeze(row: NewRun, record: RunRecord): Promise<RunRecord> {
    return this.database.run(async (manager) => {
      const { ref, itinerary, state, workflowId, facts } = row;
      await manager
        .createQueryBuilder()
        .insert()
        .into(RunEntity)
        .values({
          ...ref,
          itinerary,
          state,
          workflowId,
          record: this.sealed.sealRecord(ref.uid, record) as object,
          planUid: record.plan?.uid ?? '',
          source: record.source as object | undefined,
          target: record.target as object | undefined,
          ...(facts && { facts: facts as object }),
        })
        .orIgnore()
        .execute();
      const frozen = await manager.findOneByOrFail(RunEntity, keyOf(ref));
      return this.toRunRow(frozen).record ?? record;
    });
  }

  async get(ref: RunRef): Promise<RunRow | undefined> {
    const run = await this.database.run((manager) => manager.findOneBy(RunEntity, keyOf(ref)));
    return run ? this.toRunRow(run) : undefined;
  }

  async record(ref: RunRef): Promise<RunRecord> {
    const run = await this.get(ref);
    if (!run?.record) {
      throw notFrozen(ref);
    }
    return run.record;
  }

  async setState(ref: RunRef, state: RunRow['state'], facts: RunFacts = {}): Promise<boolean> {
    const { affected } = await this.database.run((manager) =>
      manager
        .createQueryBuilder()
        .update(RunEntity)
        .set({ state, facts: () => 'facts || :facts::jsonb', ...(!isOpen(state) && { endedAt: () => 'now()' }) })
        .where({ ...keyOf(ref), endedAt: IsNull(), state: In([...statesBefore(state)]) })
        .setParameter('facts', JSON.stringify(facts))
        .execute(),
    );
    return (affected ?? 0) > 0 || this.isAt(ref, state, facts);
  }

  /** Whether an earlier call, whose answer was lost, has set this very state; a run that was never frozen has none to compare. */
  private async isAt(ref: RunRef, state: RunRow['state'], facts: RunFacts): Promise<boolean> {
    const rows: { same: boolean }[] = await this.database.run((manager) =>
      manager.query('SELECT state = $3 AND facts @> $4::jsonb AS same FROM runs WHERE uid = $1 AND attempt = $2', [
        ref.uid,
        ref.attempt,
        state,
        JSON.stringify(facts),
      ]),
    );
    return rows[0]?.same ?? true;
  }

  async addFacts(ref: RunRef, facts: RunFacts): Promise<void> {
    if (!(await this.mergeFacts(keyOf(ref), facts))) {
      throw notFrozen(ref);
    }
  }

  addFactsWhileRunning(ref: RunRef, facts: RunFacts): Promise<boolean> {
    return this.mergeFacts({ ...keyOf(ref), state: 'Running' }, facts);
  }

  isIn(ref: RunRef, states: readonly RunRow['state'][]): Promise<boolean> {
    return this.database.run((manager) => manager.existsBy(RunEntity, { ...keyOf(ref), state: In([...states]) }));
  }

  isRunning(ref: RunRef): Promise<boolean> {
    return this.isIn(ref, ['Running']);
  }

  async recorded(uids: readonly string[]): Promise<Set<string>> {
    const rows: { uid: string }[] = await this.database.run((manager) =>
      manager.query('SELECT DISTINCT uid FROM runs WHERE uid = ANY ($1)', [uids]),
    );
    return new Set(rows.map(({ uid }) => uid));
  }

  async usingStorage(storageUid: string): Promise<RunRef[]> {
    const runs = await this.database.run((manager) =>
      manager
        .createQueryBuilder(RunEntity, 'run')
        .where({ endedAt: IsNull() })
        .andWhere("run.record -> 'storage' ->> 'uid' = :storageUid", { storageUid })
        .getMany(),
    );
    return runs.map((run) => this.toRunRow(run).ref);
  }

  async open(): Promise<RunOutline[]> {
    const runs = await this.database.run((manager) =>
      manager
        .createQueryBuilder(RunEntity, 'run')
        .select(WITHOUT_RECORD.map((field) => `run.${field}`))
        .where({ endedAt: IsNull() })
        .orderBy({ 'run.uid': 'ASC', 'run.attempt': 'ASC' })
        .getMany(),
    );
    return runs.map((run) => this.toRunRow(run));
  }

  async ofPlan(planUid: string): Promise<RunOutline[]> {
    const runs = await this.database.run((manager) =>
      manager
        .createQueryBuilder(RunEntity, 'run')
        .select(WITHOUT_RECORD.map((field) => `run.${field}`))
        .where({ planUid })
        .orderBy({ 'run.startedAt': 'ASC', 'run.attempt': 'ASC' })
        .getMany(),
    );
    return runs.map((run) => this.toRunRow(run));
  }

  takePlan(planUid: string, ref: RunRef, kind: QueuedKind, lock = NO_LOCK): Promise<Place> {
    const locker = { planUid, plan: lock.plan, ref };
    return this.database.transaction((manager) => takePlan(manager, locker, kind, lock.places));
  }

  lockNamespaces(planUid: string, ref: RunRef, lock: typeof NO_LOCK): Promise<NamespaceHolder | undefined> {
    const locker = { planUid, plan: lock.plan, ref };
    return this.database.transaction((manager) => lockNamespaces(manager, locker, lock.places));
  }

  async releasePlan(planUid: string, ref: RunRef): Promise<void> {
    await this.database.run((manager) => releasePlan(manager, planUid, ref));
  }

  async recordStep(ref: RunRef, { name, state, message, startedAt, endedAt }: Step): Promise<void> {
    await this.database.run((manager) =>
      manager.query(
        `INSERT INTO run_steps (uid, attempt, name, state, message, started_at, ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (uid, attempt, name) DO UPDATE SET state = excluded.state, message = excluded.message,
           started_at = coalesce(excluded.started_at, run_steps.started_at), ended_at = excluded.ended_at`,
        [ref.uid, ref.attempt, name, state, message, startedAt, endedAt],
      ),
    );
  }

  async steps(ref: RunRef): Promise<Step[]> {
    const steps = await this.database.run((manager) =>
      manager.find(RunStepEntity, { where: keyOf(ref), order: { firstRecordedAt: 'ASC' } }),
    );
    return steps.map(({ name, state, message, startedAt, endedAt }) => ({
      name,
      state,
      message: message ?? undefined,
      startedAt: startedAt?.toISOString(),
      endedAt: endedAt?.toISOString(),
    }));
  }

  async saveTransfers(rows: readonly VolumeTransferRow[]): Promise<void> {
    if (rows.length > 0) await this.database.run((manager) => saveTransfers(manager, rows));
  }

  async transfers(ref: RunRef): Promise<VolumeTransferRow[]> {
    const transfers = await this.database.run((manager) =>
      manager.find(VolumeTransferEntity, { where: keyOf(ref), order: { volumeId: 'ASC', pass: 'DESC' } }),
    );
    return transfers.map((transfer) => toTransferRow(ref, transfer));
  }

  async appendLog(ref: RunRef, { at, source, text }: LogEntry): Promise<void> {
    await this.database.run(async (manager) => {
      await manager.insert(RunLogEntity, {
        ...keyOf(ref),
        at: new Date(at),
        source,
        text: text.slice(-LOG_ENTRY_CHARACTERS).replaceAll('\u0000', ''),
      });
      await manager.query(
        `DELETE FROM run_logs WHERE uid = $1 AND attempt = $2 AND id <=
           (SELECT id FROM run_logs WHERE uid = $1 AND attempt = $2 ORDER BY id DESC OFFSET $3 LIMIT 1)`,
        [ref.uid, ref.attempt, LOG_ENTRIES],
      );
    });
  }

  async log(ref: RunRef): Promise<LogEntry[]> {
    const entries = await this.database.run((manager) =>
      manager.find(RunLogEntity, { where: keyOf(ref), order: { at: 'ASC', id: 'ASC' } }),
    );
    return entries.map(({ at, source, text }) => ({ at: at.toISOString(), source, text }));
  }

  async recordCreated(ref: RunRef, objects: CreatedObject[]): Promise<void> {
    if (objects.length === 0) {
      return;
    }
    const rows = objects.map(({ uid, namespace = '', ...object }) => ({
      ...object,
      namespace,
      objectUid: uid,
      runUid: ref.uid,
      attempt: ref.attempt,
    }));
    await this.database.run((manager) =>
      manager.createQueryBuilder().insert().into(CreatedObjectEntity).values(rows).orIgnore().execute(),
    );
  }

  createdBy(planUid: string): Promise<RecordedObject[]> {
    return this.database.run((manager) => createdBy(manager, planUid));
  }

  async forgetCreated(planUid: string, uids: readonly string[]): Promise<void> {
    await this.database.run((manager) => forgetCreated(manager, planUid, uids));
  }

  private toRunRow(run: RunEntity): RunRow {
    const { uid, attempt, kind, namespace, name, itinerary, state, facts, workflowId, startedAt } = run;
    return {
      ref: { kind, namespace, name, uid, attempt },
      itinerary,
      state,
      facts,
      workflowId,
      record: run.record ? this.sealed.openRecord(uid, run.record) : undefined,
      source: run.source ?? undefined,
      target: run.target ?? undefined,
      startedAt: startedAt.toISOString(),
      endedAt: run.endedAt?.toISOString(),
    };
  }

  private async mergeFacts(
    row: { uid: string; attempt: number; state?: RunRow['state'] },
    facts: RunFacts,
  ): Promise<boolean> {
    const { affected } = await this.database.run((manager) =>
      manager
        .createQueryBuilder()
        .update(RunEntity)
        .set({ facts: () => 'facts || :facts::jsonb' })
        .where(row)
        .setParameter('facts', JSON.stringify(facts))
        .execute(),
    );
    return affected !== undefined && affected > 0;
  }
}

const keyOf = ({ uid, attempt }: RunRef): { uid: string; attempt: number } => ({ uid, attempt });

const notFrozen = ({ kind, namespace, name, attempt }: RunRef): StoreError =>
  new StoreError(
    'NotFound',
    `${kind} ${namespace}/${name} has no record of attempt ${attempt}: Prepare has not frozen it, or it is no longer kept`,
  );
