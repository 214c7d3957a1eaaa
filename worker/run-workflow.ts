import { type Client, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/client';
import type { KubeObject } from '../resources/kube-object.js';
import { MIGRATION_FINALIZER } from '../resources/labels.js';
import { RUN_KINDS, type RunKind, type RunRef } from '../resources/run-record.js';
import type { MigrationInput } from '../temporal/contract/inputs.js';
import { SEARCH_ATTRIBUTES } from '../temporal/contract/search-attributes.js';
import { TASK_QUEUES } from '../temporal/contract/task-queues.js';
import { migrationWorkflowId, recoverWorkflowId } from '../temporal/contract/workflow-ids.js';
import type { directVolumeMigration } from '../workflows/direct-volume-migration.js';
import type { migration } from '../workflows/migration.js';
import type { recover } from '../workflows/recover.js';

/** A workflow task that a dead worker held is given to the next one after this. */
const WORKFLOW_TASK_TIMEOUT = '5 seconds';

const ROOTS: Record<RunKind, string> = {
  MigMigration: 'migration',
  DirectVolumeMigration: 'directVolumeMigration',
};

export const isRunKind = (kind: string): kind is RunKind => RUN_KINDS.some((known) => known === kind);

/**
 * Whether the object has a run of its own that has not ended. The API gives such objects the finalizer; what activities make to show
 * the copies of a migration has none.
 */
export const isUnfinished = ({ metadata }: KubeObject): boolean =>
  metadata.finalizers?.includes(MIGRATION_FINALIZER) === true;

export const runRefOf = ({ kind, metadata }: KubeObject): RunRef => ({
  ...(kind === 'DirectVolumeMigration' && { kind }),
  namespace: metadata.namespace ?? '',
  name: metadata.name,
  uid: metadata.uid ?? '',
  attempt: 1,
});

const inputOf = (object: KubeObject): MigrationInput => ({
  run: runRefOf(object),
  itinerary: object.kind === 'DirectVolumeMigration' || object.spec?.stage === true ? 'Stage' : 'Final',
});

/** Starts the root workflow of an object that is run, once however often it is asked. */
export async function startRun(client: Client, object: KubeObject & { kind: RunKind }): Promise<void> {
  const input = inputOf(object);
  const { summary, plan } = describe(object, input);
  await startOnce(() =>
    client.workflow.start<typeof migration | typeof directVolumeMigration>(ROOTS[object.kind], {
      workflowId: migrationWorkflowId(input.run),
      taskQueue: TASK_QUEUES.control,
      args: [input],
      workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
      workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      staticSummary: summary,
      typedSearchAttributes: [
        { key: SEARCH_ATTRIBUTES.plan, value: plan },
        { key: SEARCH_ATTRIBUTES.itinerary, value: input.itinerary },
      ],
    }),
  );
}

function describe({ kind, metadata, spec }: KubeObject, { itinerary }: MigrationInput) {
  if (kind === 'DirectVolumeMigration') {
    const count: number = spec?.persistentVolumeClaims?.length ?? 0;
    return { summary: `Copy of ${count} volumes: ${metadata.name}`, plan: metadata.name };
  }
  const plan = String(spec?.migPlanRef?.name ?? '');
  return { summary: `${itinerary} migration ${metadata.name} of plan ${plan || '?'}`, plan };
}

/** Starts the recovery of a run whose root workflow is gone. */
export async function startRecovery(client: Client, object: KubeObject): Promise<void> {
  const input = inputOf(object);
  await client.workflow.start<typeof recover>('recover', {
    workflowId: recoverWorkflowId(input.run),
    taskQueue: TASK_QUEUES.control,
    args: [input],
    workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    staticSummary: `Recover ${object.kind} ${object.metadata.name}: its workflow is gone`,
  });
}

async function startOnce(start: () => Promise<unknown>): Promise<void> {
  try {
    await start();
  } catch (error) {
    // REJECT_DUPLICATE: it ran and ended; the message came a second time.
    if (!(error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError')) throw error;
  }
}
