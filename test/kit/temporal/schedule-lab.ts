import type { Client } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import pino from 'pino';
import { createScheduleActivities } from '../../../activities/schedules/index.js';
import { type MigrationStore, SYSTEM_ACTOR } from '../../../migrations-db/migration-store.js';
import { findKind, type MigMigration, type MigSchedule } from '../../../resources/kinds/index.js';
import { type ConditionFinding, mergeConditions } from '../../../resources/meta/conditions.js';
import type { KubeObject } from '../../../resources/meta/kube-object.js';
import { API_VERSION, MIGRATION_FINALIZER, MIGRATION_NAMESPACE } from '../../../resources/meta/labels.js';
import { TASK_QUEUES } from '../../../temporal/contract/task-queues.js';
import { activityInterceptor } from '../../../worker/activity-interceptor.js';
import { Dispatcher } from '../../../worker/dispatcher.js';
import { startTemporaryStore, type TemporaryStore } from '../postgres/temporary-store.js';
import { type Execution, historiesOf, type KeptHistory } from './histories.js';
import { expectDeterministic, type WorkflowBundle } from './replay-check.js';
import { workflowBundle } from './shared-temporal.js';
import { type TestTemporal, temporalForTests } from './temporal.js';
import { workersOfActivities } from './workers-of-activities.js';

const silent = pino({ level: 'silent' });

/**
 * Schedules as they really run, on a database and in a Temporal namespace of the test file's own. The migrations they make are objects that
 * no workflow runs: a test ends them.
 */
export class ScheduleLab {
  private constructor(
    private readonly temporary: TemporaryStore,
    private readonly temporal: TestTemporal,
    private readonly workflowBundle: WorkflowBundle,
    private readonly stopWorkers: () => Promise<void>,
  ) {}

  static async start(): Promise<ScheduleLab> {
    const [temporary, temporal, bundle] = await Promise.all([
      startTemporaryStore(),
      temporalForTests(),
      workflowBundle(),
    ]);
    const { store } = temporary;
    const { server, client } = temporal;
    const connection = await NativeConnection.connect({ address: server.address });
    const noClusters = { connect: () => Promise.reject(new Error('no cluster here')), close: async () => undefined };
    const common = {
      connection,
      namespace: server.namespace,
      activities: createScheduleActivities({ store, clusters: noClusters, logger: silent }),
      interceptors: { activity: [activityInterceptor(store, silent)] },
      shutdownForceTime: '5 seconds',
    };
    const workers = [
      await Worker.create({ ...common, taskQueue: TASK_QUEUES.control, workflowBundle: bundle }),
      ...(await workersOfActivities(common)),
    ];
    const running = workers.map((worker) => worker.run());
    const dispatcher = new Dispatcher(ofSchedules(store), client, silent);
    dispatcher.start();
    return new ScheduleLab(temporary, temporal, bundle, async () => {
      await dispatcher.stop();
      for (const worker of workers) worker.shutdown();
      await Promise.allSettled(running);
      await connection.close();
    });
  }

  get store(): MigrationStore {
    return this.temporary.store;
  }

  get client(): Client {
    return this.temporal.client;
  }

  /** @throws Error when a workflow that ran here is not deterministic */
  async stop(): Promise<void> {
    await this.stopWorkers();
    try {
      await expectDeterministic(this.workflowBundle, await this.histories());
    } finally {
      await this.temporal.stop();
      await this.temporary.remove();
    }
  }

  /** Of all there is: the workers have stopped, reconcilers among it are still open. */
  private async histories(): Promise<KeptHistory[]> {
    const executions: Execution[] = [];
    for await (const { workflowId, runId, type } of this.client.workflow.list()) {
      if (!type.startsWith('temporal-sys-')) executions.push({ workflowId, runId });
    }
    return historiesOf(this.client, executions);
  }

  /** A plan that is Ready. */
  async plan(name: string): Promise<void> {
    const ready: ConditionFinding = { type: 'Ready', category: 'Required', message: 'The MigPlan is ready.' };
    await this.put('MigPlan', name, {}, { conditions: mergeConditions([], [ready], '2026-01-01T00:00:00Z') });
  }

  /** A schedule of the plan of its own name, which never fires by itself while a test runs. */
  schedule(name: string, spec: object = {}): Promise<KubeObject> {
    return this.put('MigSchedule', name, { migPlanRef: { name }, schedule: '0 0 29 2 *', ...spec });
  }

  async put(kind: string, name: string, spec: object, status?: object): Promise<KubeObject> {
    const metadata = { name, namespace: MIGRATION_NAMESPACE };
    const object = { apiVersion: API_VERSION, kind, metadata, spec: findKind(kind)?.spec?.parse(spec), status };
    return this.store.resources.create(object, { actor: SYSTEM_ACTOR });
  }

  find(kind: string, name: string): Promise<KubeObject | undefined> {
    return this.store.resources.get({ kind, namespace: MIGRATION_NAMESPACE, name });
  }

  async get(name: string): Promise<MigSchedule> {
    return (await this.find('MigSchedule', name)) as MigSchedule;
  }

  edit(kind: string, name: string, change: (object: KubeObject) => void): Promise<KubeObject> {
    const key = { kind, namespace: MIGRATION_NAMESPACE, name };
    const apply = (object: KubeObject): KubeObject => {
      change(object);
      return object;
    };
    return this.store.resources.update(key, apply, { actor: SYSTEM_ACTOR });
  }

  annotate(name: string, key: string, value: string): Promise<KubeObject> {
    return this.edit('MigSchedule', name, ({ metadata }) => {
      metadata.annotations = { ...metadata.annotations, [key]: value };
    });
  }

  async remove(kind: string, name: string): Promise<void> {
    await this.store.resources.remove({ kind, namespace: MIGRATION_NAMESPACE, name }, { actor: SYSTEM_ACTOR });
  }

  /** The migrations of a plan, the newest last. */
  async migrations(plan: string): Promise<MigMigration[]> {
    const fieldSelector = `spec.migPlanRef.name=${plan}`;
    const { items } = await this.store.resources.list({ kind: 'MigMigration', fieldSelector });
    return (items as MigMigration[]).sort((a, b) => a.metadata.name.localeCompare(b.metadata.name));
  }

  /** As the last activities of a run do. */
  async end(migration: string, outcome: 'Succeeded' | 'Failed' | 'Canceled'): Promise<void> {
    const finding: ConditionFinding = { type: outcome, category: 'Advisory', message: 'The test says so.' };
    await this.edit('MigMigration', migration, (object) => {
      object.metadata.finalizers = object.metadata.finalizers?.filter((name) => name !== MIGRATION_FINALIZER);
      const at = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
      object.status = { phase: 'Completed', conditions: mergeConditions([], [finding], at) };
    });
  }
}

/** A store whose outbox holds nothing but the messages about schedules. */
const ofSchedules = (store: MigrationStore): MigrationStore => ({
  ...store,
  outbox: {
    onMessage: (listener) => store.outbox.onMessage(listener),
    drain: (limit, deliver) =>
      store.outbox.drain(limit, async (message) => {
        if (message.kind === 'MigSchedule') await deliver(message);
      }),
  },
});
