import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { MigrationStore } from '../migrations-db/migration-store.js';
import { RUN_KINDS } from '../resources/kinds/registrations.js';
import type { KubeObject } from '../resources/meta/kube-object.js';
import { MIGRATION_FINALIZER, PLAN_FINALIZER, STORAGE_FINALIZER } from '../resources/meta/labels.js';
import type { RunItinerary, RunKind, RunRef } from '../resources/run/run-record.js';
import type { MigrationInput } from '../temporal/contract/inputs.js';
import { BackgroundLoop } from './background-loop.js';
import { ensurePlanWorkflows } from './plan-workflows.js';
import { findRecovery, findRoot, inputOf, isUnfinished, runRefOf, startRecovery, startRun } from './run-workflow.js';
import { ensureStorageWorkflow } from './storage-workflows.js';

const PERIOD_MS = 3_000;
const LEASE = 'watchdog';
/** A watchdog that is not heard of for so long is replaced by that of another worker. */
const LEASE_SECONDS = 10;

/**
 * Finds runs that the database holds as unfinished (their finalizer is still there, or their end was never recorded) while no workflow works on
 * them: one that was terminated, or lost with Temporal's own data, is recovered from its recorded facts. Of all workers' watchdogs one looks
 * at a time.
 */
export class Watchdog {
  private readonly loop: BackgroundLoop;
  private readonly holder = randomUUID();

  constructor(
    readonly store: MigrationStore,
    readonly client: Client,
    private readonly logger: Logger,
  ) {
    this.loop = new BackgroundLoop(
      PERIOD_MS,
      (signal) => this.client.withAbortSignal(signal, () => this.look()),
      (error) => this.logger.warn({ err: error }, 'The watchdog could not check the runs; trying again'),
    );
  }

  start(): void {
    this.loop.start();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
    // If it cannot be given back, it expires.
    await this.store.leases.release(LEASE, this.holder).catch(() => undefined);
  }

  private async look(): Promise<void> {
    if (!(await this.store.leases.take(LEASE, this.holder, LEASE_SECONDS))) return;
    const { resources } = this.store;
    const unfinished = await resources.find({ kinds: RUN_KINDS, finalizer: MIGRATION_FINALIZER });
    for (const object of unfinished) await this.see(object as KubeObject & { kind: RunKind });
    await this.lookAtOpen(new Set(unfinished.map(({ metadata }) => metadata.uid)));
    // What a plan asks for, and a deleted storage, is not forgotten either.
    const plans = [
      ...(await resources.find({ kinds: ['MigPlan'], due: true })),
      ...(await resources.find({ kinds: ['MigPlan'], finalizer: PLAN_FINALIZER, deleting: true })),
    ];
    for (const plan of plans) await ensurePlanWorkflows(this.client, plan);
    const storages = await resources.find({ kinds: ['MigStorage'], finalizer: STORAGE_FINALIZER, deleting: true });
    for (const storage of storages) await ensureStorageWorkflow(this.client, storage);
  }

  /** Runs whose end was never recorded and whose object has lost its finalizer, or is gone. */
  private async lookAtOpen(seen: ReadonlySet<string | undefined>): Promise<void> {
    for (const { ref, itinerary } of await this.store.runs.open()) {
      if (seen.has(ref.uid)) continue;
      const root = await findRoot(this.client, ref);
      if (root?.state === 'RUNNING' || (root && root.attempt > ref.attempt)) continue;
      // Its end is recorded before its workflow closes.
      if ((await this.store.runs.get(ref))?.endedAt !== undefined) continue;
      await this.recover({ run: ref, itinerary: itinerary as RunItinerary }, root?.state);
    }
  }

  private async see(object: KubeObject & { kind: RunKind }): Promise<void> {
    const run = runRefOf(object);
    const root = await findRoot(this.client, run);
    if (root?.state === 'RUNNING') return;
    if (root === undefined || root.attempt < run.attempt) {
      // The outbox has not been drained yet, or Temporal lost its data. Starting is idempotent; a run with recorded facts is recovered.
      const recorded = await this.store.runs.get(run);
      if (recorded === undefined) return startRun(this, object);
    }
    if (!(await this.isStillUnfinished(run))) return;
    await this.recover(inputOf(object), root?.state);
  }

  private async recover(input: MigrationInput, state: string | undefined): Promise<void> {
    const last = await findRecovery(this.client, input.run);
    if (last?.state === 'RUNNING') return;
    const { kind, name } = input.run;
    this.logger.warn({ kind, name, state }, 'The workflow of an unfinished run is gone; recovering');
    await startRecovery(this.client, input, last?.recoveries);
  }

  /** A run that ended after the list was read removed the finalizer of its object before its workflow closed: so it is read again now. */
  private async isStillUnfinished(run: RunRef): Promise<boolean> {
    const { namespace, name } = run;
    const object = await this.store.resources.get({ kind: run.kind, namespace, name });
    return object?.metadata.uid === run.uid && isUnfinished(object) && runRefOf(object).attempt === run.attempt;
  }
}
