import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { MigrationStore } from '../migrations-db/migration-store.js';
import { RUN_KINDS } from '../resources/kinds/registrations.js';
import type { KubeObject } from '../resources/meta/kube-object.js';
import type { RunKind, RunRef } from '../resources/run/run-record.js';
import { BackgroundLoop } from './background-loop.js';
import { ensurePlanWorkflows } from './plan-workflows.js';
import { findRecovery, findRoot, isUnfinished, runRefOf, startRecovery, startRun } from './run-workflow.js';
import { ensureStorageWorkflow } from './storage-workflows.js';

const PERIOD_MS = 3_000;
const PAGE = 500;

/**
 * Finds runs that the database holds as unfinished (their finalizer is still there) while no workflow works on them: one that
 * was terminated, or lost with Temporal's own data, is recovered from its recorded facts.
 */
export class Watchdog {
  private readonly loop: BackgroundLoop;

  constructor(
    readonly store: MigrationStore,
    readonly client: Client,
    private readonly logger: Logger,
  ) {
    this.loop = new BackgroundLoop(
      PERIOD_MS,
      () => this.look(),
      (error) => this.logger.warn({ err: error }, 'The watchdog could not check the runs; trying again'),
    );
  }

  start(): void {
    this.loop.start();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
  }

  private async look(): Promise<void> {
    for (const kind of RUN_KINDS) await this.lookAt(kind);
    // The requests of plans and the removal of deleted storages are not forgotten either.
    for await (const plan of this.all('MigPlan')) await ensurePlanWorkflows(this.client, plan);
    for await (const storage of this.all('MigStorage')) await ensureStorageWorkflow(this.client, storage);
  }

  private async lookAt(kind: RunKind): Promise<void> {
    for await (const object of this.all(kind)) if (isUnfinished(object)) await this.see({ ...object, kind });
  }

  private async *all(kind: string): AsyncGenerator<KubeObject> {
    let continueToken: string | undefined;
    do {
      const page = await this.store.resources.list({ kind, limit: PAGE, continueToken });
      yield* page.items;
      continueToken = page.continueToken;
    } while (continueToken !== undefined);
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
    const last = await findRecovery(this.client, run);
    if (last?.state === 'RUNNING') return;
    this.logger.warn(
      { kind: object.kind, name: object.metadata.name, state: root?.state },
      'The workflow of an unfinished run is gone; recovering',
    );
    await startRecovery(this.client, object, last?.recoveries);
  }

  /** A run that ended after the list was read removed the finalizer of its object before its workflow closed: so it is read again now. */
  private async isStillUnfinished(run: RunRef): Promise<boolean> {
    const { namespace, name } = run;
    const object = await this.store.resources.get({ kind: run.kind, namespace, name });
    return object?.metadata.uid === run.uid && isUnfinished(object) && runRefOf(object).attempt === run.attempt;
  }
}
