import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowExecutionDescription,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { MigrationStore } from '../migrations-db/migration-store.js';
import { attemptOf } from '../resources/kinds/retry.js';
import type { KubeObject } from '../resources/meta/kube-object.js';
import { MIGRATION_FINALIZER } from '../resources/meta/labels.js';
import { requestedItinerary } from '../resources/plan/itinerary.js';
import type { RunItinerary, RunKind, RunRef } from '../resources/run/run-record.js';
import type { MigrationInput } from '../temporal/contract/inputs.js';
import { SEARCH_ATTRIBUTES } from '../temporal/contract/search-attributes.js';
import { TASK_QUEUES } from '../temporal/contract/task-queues.js';
import { migrationWorkflowId, ROOT_WORKFLOWS, recoverWorkflowId } from '../temporal/contract/workflow-ids.js';
import type { directVolumeMigration } from '../workflows/roots/direct-volume-migration.js';
import type { migration } from '../workflows/roots/migration.js';
import type { recover } from '../workflows/roots/recover.js';

/** A workflow task that a dead worker held is given to the next one after this. */
const WORKFLOW_TASK_TIMEOUT = '5 seconds';

/** A workflow closes this soon after its last activity, which is what makes room for the next attempt. */
const CLOSING_MS = 5_000;

/** Memo of a root workflow: the attempt it runs. */
const ATTEMPT = 'attempt';

/** Memo of a recovery: how many there were, with it. */
const RECOVERIES = 'recoveries';

/**
 * Whether the object has a run of its own that has not ended. The API gives such objects the finalizer; what activities make to show
 * the copies of a migration has none.
 */
export const isUnfinished = ({ metadata }: KubeObject): boolean =>
  metadata.finalizers?.includes(MIGRATION_FINALIZER) === true;

export const runRefOf = ({ kind, metadata }: KubeObject): RunRef => ({
  kind: kind === 'DirectVolumeMigration' ? kind : 'MigMigration',
  namespace: metadata.namespace ?? '',
  name: metadata.name,
  uid: metadata.uid ?? '',
  attempt: attemptOf({ kind, metadata } as KubeObject),
});

export const inputOf = (object: KubeObject): MigrationInput => ({
  run: runRefOf(object),
  itinerary: requestedOf(object),
});

const requestedOf = ({ kind, spec }: KubeObject): RunItinerary =>
  kind === 'DirectVolumeMigration' ? 'Stage' : requestedItinerary(spec ?? {});

export interface RunServices {
  store: MigrationStore;
  client: Client;
}

/**
 * Starts the root workflow of the present attempt of what is run, once however often it is called. The memo of a root holds its attempt:
 * the name of the workflow is the same for all of them.
 *
 * @throws Error while the former attempt is about to close; ask again
 */
export async function startRun({ store, client }: RunServices, object: KubeObject & { kind: RunKind }): Promise<void> {
  const input = inputOf(object);
  const retry = input.run.attempt > 1;
  if (retry && !(await isDue({ store, client }, input.run))) return;
  const { summary, plan } = describe(object, input);
  await startOnce(() =>
    client.workflow.start<typeof migration | typeof directVolumeMigration>(ROOT_WORKFLOWS[object.kind], {
      workflowId: migrationWorkflowId(input.run),
      taskQueue: TASK_QUEUES.control,
      args: [input],
      workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
      workflowIdReusePolicy: retry
        ? WorkflowIdReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY
        : WorkflowIdReusePolicy.REJECT_DUPLICATE,
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      memo: { [ATTEMPT]: input.run.attempt },
      staticSummary: retry ? `${summary}, attempt ${input.run.attempt}` : summary,
      typedSearchAttributes: [
        { key: SEARCH_ATTRIBUTES.plan, value: plan },
        { key: SEARCH_ATTRIBUTES.itinerary, value: input.itinerary },
      ],
    }),
  );
}

/** Whether a retry has not been started yet. Its former attempt has ended, but its workflow may take another moment to close. */
async function isDue({ store, client }: RunServices, run: RunRef): Promise<boolean> {
  const root = await findRoot(client, run);
  if (root && root.attempt >= run.attempt) return false;
  if (await store.runs.get(run)) return false;
  if (root?.state === 'RUNNING') await untilClosed(client, run);
  return true;
}

async function untilClosed(client: Client, run: RunRef): Promise<void> {
  const root = client.workflow.getHandle(migrationWorkflowId(run), undefined, { followRuns: false });
  // It does not matter how it ends.
  await client.withDeadline(Date.now() + CLOSING_MS, () => root.result()).catch(() => undefined);
  const { status } = await root.describe();
  if (status.name === 'RUNNING') throw new Error(`A former attempt of ${migrationWorkflowId(run)} is still open`);
}

/** The root workflow that ran last, whichever attempt it was; undefined when Temporal knows of none. */
export async function findRoot(client: Client, run: RunRef): Promise<{ state: string; attempt: number } | undefined> {
  const root = await findLast(client, migrationWorkflowId(run));
  return root && { state: root.status.name, attempt: Number(root.memo?.[ATTEMPT] ?? 1) };
}

/** The recovery that ran last; undefined when Temporal knows of none. */
export async function findRecovery(
  client: Client,
  run: RunRef,
): Promise<{ state: string; recoveries: number } | undefined> {
  const recovery = await findLast(client, recoverWorkflowId(run));
  return recovery && { state: recovery.status.name, recoveries: Number(recovery.memo?.[RECOVERIES] ?? 1) };
}

async function findLast(client: Client, workflowId: string): Promise<WorkflowExecutionDescription | undefined> {
  try {
    return await client.workflow.getHandle(workflowId).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

function describe({ kind, metadata, spec }: KubeObject, { itinerary }: MigrationInput) {
  if (kind === 'DirectVolumeMigration') {
    const count: number = spec?.persistentVolumeClaims?.length ?? 0;
    return { summary: `Copy of ${count} volumes: ${metadata.name}`, plan: metadata.name };
  }
  const plan = String(spec?.migPlanRef?.name ?? '');
  return { summary: `${itinerary} migration ${metadata.name} of plan ${plan || '?'}`, plan };
}

/** Starts the recovery of a run whose root workflow is gone. `recoveries`: how many there were before. */
export async function startRecovery(client: Client, input: MigrationInput, recoveries = 0): Promise<void> {
  await client.workflow.start<typeof recover>('recover', {
    workflowId: recoverWorkflowId(input.run),
    taskQueue: TASK_QUEUES.control,
    args: [{ ...input, recoveries }],
    workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    memo: { [RECOVERIES]: recoveries + 1 },
    staticSummary: `Recover ${input.run.kind} ${input.run.name}: its workflow is gone`,
  });
}

async function startOnce(start: () => Promise<unknown>): Promise<void> {
  try {
    await start();
  } catch (error) {
    // It ran and ended; the message came a second time.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
