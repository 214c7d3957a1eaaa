import { type Client, WorkflowIdConflictPolicy, WorkflowNotFoundError } from '@temporalio/client';
import type { Logger } from 'pino';
import type { MigrationStore, OutboxMessage } from '../migrations-db/migration-store.js';
import type { ReconciledKind } from '../resources/kinds/index.js';
import { isReconciledKind, isRunKind } from '../resources/kinds/registrations.js';
import { resumesOf } from '../resources/kinds/retry.js';
import type { RunKind, RunRef } from '../resources/run/run-record.js';
import { objectChanged, resume } from '../temporal/contract/messages.js';
import { TASK_QUEUES } from '../temporal/contract/task-queues.js';
import { migrationWorkflowId, reconcileWorkflowId, recoverWorkflowId } from '../temporal/contract/workflow-ids.js';
import type { reconcile } from '../workflows/roots/reconcile.js';
import { BackgroundLoop } from './background-loop.js';
import { ensurePlanWorkflows } from './plan-workflows.js';
import { removeOwned } from './remove-owned.js';
import { isUnfinished, runRefOf, startRun } from './run-workflow.js';
import { ensureStorageWorkflow } from './storage-workflows.js';

/** NOTIFY wakes the dispatcher; a scan this often finds messages whose notification was lost. */
const SCAN_MS = 5_000;
const BATCH = 50;
/** Of one message; its lease lasts longer. */
const DELIVERY_MS = 8_000;

/** Carries changes from the outbox to Temporal, at least once: every delivery may be repeated. */
export class Dispatcher {
  private readonly loop: BackgroundLoop;
  private stopListening: () => void = () => undefined;

  constructor(
    readonly store: MigrationStore,
    readonly client: Client,
    private readonly logger: Logger,
  ) {
    this.loop = new BackgroundLoop(
      SCAN_MS,
      (signal) => this.drain(signal),
      (error) => this.logger.warn({ err: error }, 'The outbox could not be drained; trying again'),
    );
  }

  start(): void {
    this.stopListening = this.store.outbox.onMessage(() => this.loop.wake());
    this.loop.start();
  }

  async stop(): Promise<void> {
    this.stopListening();
    await this.loop.stop();
  }

  /** What is not delivered when the process stops stays in the outbox: for a Temporal that does not answer it does not wait. */
  private async drain(signal: AbortSignal): Promise<void> {
    const deliver = (message: OutboxMessage): Promise<void> =>
      this.client.withAbortSignal(AbortSignal.any([signal, AbortSignal.timeout(DELIVERY_MS)]), () =>
        this.deliver(message),
      );
    while (!signal.aborted && (await this.store.outbox.drain(BATCH, deliver)) === BATCH);
  }

  private async deliver(message: OutboxMessage): Promise<void> {
    if (isReconciledKind(message.kind)) await this.signalReconciler(message, message.kind);
    if (isRunKind(message.kind)) await this.signalRun(message, message.kind);
    if (message.kind === 'MigPlan') await this.ensureWorkflows(message, ensurePlanWorkflows);
    if (message.kind === 'MigStorage') await this.ensureWorkflows(message, ensureStorageWorkflow);
    if (message.change === 'deleted') await removeOwned(this.store, message);
  }

  private async signalReconciler({ namespace, name }: OutboxMessage, kind: ReconciledKind): Promise<void> {
    await this.client.workflow.signalWithStart<typeof reconcile, []>('reconcile', {
      workflowId: reconcileWorkflowId(kind, namespace, name),
      taskQueue: TASK_QUEUES.control,
      args: [{ kind, namespace, name }],
      signal: objectChanged,
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    });
  }

  private async ensureWorkflows(
    { kind, namespace, name, uid }: OutboxMessage,
    ensure: typeof ensurePlanWorkflows,
  ): Promise<void> {
    const object = await this.store.resources.get({ kind, namespace, name });
    if (object?.metadata.uid === uid) await ensure(this.client, object);
  }

  private async signalRun({ namespace, name, uid, change }: OutboxMessage, kind: RunKind): Promise<void> {
    const object = await this.store.resources.get({ kind, namespace, name });
    // An object of the same name may have been created again: it has a message of its own.
    if (object === undefined || object.metadata.uid !== uid) return;
    const run = runRefOf(object);
    if (isUnfinished(object) && (change === 'created' || run.attempt > 1)) await startRun(this, { ...object, kind });
    if (object.spec?.canceled === true || object.metadata.deletionTimestamp !== undefined) await this.cancel(run);
    if (isUnfinished(object)) await this.tellToContinue(run, resumesOf(object));
  }

  /** Tells a run that waits for the operator to continue; by the count it knows a request it has received already. */
  private async tellToContinue(run: RunRef, count: number): Promise<void> {
    if (count === 0) return;
    for (const workflowId of [migrationWorkflowId(run), recoverWorkflowId(run)]) {
      try {
        await this.client.workflow.getHandle(workflowId).signal(resume, count);
        return;
      } catch (error) {
        // It has ended since: there is nothing to continue.
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
    }
  }

  private async cancel(run: RunRef): Promise<void> {
    try {
      await this.client.workflow.getHandle(migrationWorkflowId(run)).cancel();
    } catch (error) {
      // Ended already: finishRun or the watchdog removes the finalizer.
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }
}
