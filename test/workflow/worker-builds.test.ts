import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunRef } from '../../resources/run/run-record.js';
import { objectChanged } from '../../temporal/contract/messages.js';
import { TASK_QUEUES } from '../../temporal/contract/task-queues.js';
import { migrationWorkflowId } from '../../temporal/contract/workflow-ids.js';
import { makeCurrent, moveRuns, readWorkerBuilds } from '../../temporal/worker-builds.js';
import { deploymentOptions, refuseIfVersioned, takeOver } from '../../worker/versioning.js';
import type { migration } from '../../workflows/roots/migration.js';
import type { reconcile } from '../../workflows/roots/reconcile.js';
import { runSummary } from '../kit/fakes/run-summary.js';
import { historiesOf } from '../kit/temporal/histories.js';
import { expectDeterministic, type WorkflowBundle } from '../kit/temporal/replay-check.js';
import { ScriptedActivities } from '../kit/temporal/scripted-activities.js';
import { untilCalled } from '../kit/temporal/scripted-worker.js';
import { temporalForTests } from '../kit/temporal/temporal.js';
import { workersOfActivities } from '../kit/temporal/workers-of-activities.js';

type Script = ConstructorParameters<typeof ScriptedActivities>[1];

/** A build of the worker with both of its queues, as a process of its own would run it. */
interface Build {
  activities: ScriptedActivities;
  stop(): Promise<void>;
}

let temporal: Awaited<ReturnType<typeof temporalForTests>>;
let connection: NativeConnection;
let today: WorkflowBundle;
let next: WorkflowBundle;
const running: Build[] = [];
const silent = pino({ level: 'silent' });

const bundle = (file: string): Promise<WorkflowBundle> =>
  bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL(file, import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });

beforeAll(async () => {
  [temporal, today, next] = await Promise.all([
    temporalForTests(),
    bundle('../../workflows/versioned.ts'),
    bundle('../kit/temporal/next-build-workflows.ts'),
  ]);
  connection = await NativeConnection.connect({ address: temporal.server.address });
});
afterAll(async () => {
  await Promise.all(running.map((build) => build.stop()));
  await connection?.close();
  await temporal?.stop();
});

async function startBuild(
  buildId: string,
  workflowBundle: WorkflowBundle,
  { script = {}, takesOver = true }: { script?: Script; takesOver?: boolean } = {},
): Promise<Build> {
  const activities = new ScriptedActivities(runSummary(), script);
  const versioning = { buildId, takesOver };
  const common = {
    connection,
    namespace: temporal.server.namespace,
    activities: activities.build(),
    ...deploymentOptions(versioning),
  };
  const workers = [
    await Worker.create({ ...common, taskQueue: TASK_QUEUES.control, workflowBundle }),
    ...(await workersOfActivities(common)),
  ];
  const ended = Promise.all(workers.map((worker) => worker.run()));
  const build = {
    activities,
    stop: async () => {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
    },
  };
  running.push(build);
  await takeOver(temporal.client, versioning, silent, AbortSignal.timeout(60_000));
  return build;
}

const startMigration = (): Promise<WorkflowHandle<typeof migration>> => {
  const run: RunRef = {
    kind: 'MigMigration',
    namespace: 'openshift-migration',
    name: 'cutover',
    uid: randomUUID(),
    attempt: 1,
  };
  return temporal.client.workflow.start<typeof migration>('migration', {
    workflowId: migrationWorkflowId(run),
    taskQueue: TASK_QUEUES.control,
    args: [{ run, itinerary: 'Final' }],
  });
};

const startReconciler = (): Promise<WorkflowHandle<typeof reconcile>> =>
  temporal.client.workflow.start<typeof reconcile>('reconcile', {
    workflowId: randomUUID(),
    taskQueue: TASK_QUEUES.control,
    args: [{ kind: 'MigCluster', namespace: 'openshift-migration', name: 'source' }],
  });

/** The builds that worked on a workflow and on its children. */
async function buildsOf({ workflowId }: WorkflowHandle): Promise<string[]> {
  const histories = await historiesOf(temporal.client, [{ workflowId }]);
  const events = histories.flatMap(({ history }) => history.events ?? []);
  const builds = events.map(
    ({ workflowTaskCompletedEventAttributes: completed }) =>
      completed && (completed.deploymentVersion?.buildId ?? completed.workerDeploymentVersion?.split(/[.:]/).at(-1)),
  );
  return [...new Set(builds.filter((build) => typeof build === 'string'))];
}

const currentBuild = async (): Promise<string | undefined> =>
  (await readWorkerBuilds(temporal.client))?.builds.find(({ current }) => current)?.buildId;

/** A wait for a Backup that ends when it is told to. */
function heldBackup(): { waitForBackup: () => Promise<unknown>; release: () => void } {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const waitForBackup = async () => {
    const beat = setInterval(() => Context.current().heartbeat(), 500);
    await held.finally(() => clearInterval(beat));
    return { items: 1, warnings: [] };
  };
  return { waitForBackup, release };
}

describe('builds of the worker side by side', () => {
  it('each end the runs they began, while new runs and the reconcilers go to the new one', async () => {
    const { waitForBackup, release } = heldBackup();
    const checkCluster = async () => ({ exists: true, ready: true });
    const old = await startBuild('old', today, { script: { waitForBackup, checkCluster } });
    expect(await currentBuild()).toBe('old');
    const [before, reconciler] = [await startMigration(), await startReconciler()];
    await untilCalled(old.activities, 'waitForBackup');
    await untilCalled(old.activities, 'checkCluster');

    const young = await startBuild('young', next, {
      script: { checkCluster: async () => ({ exists: false, ready: true }) },
    });
    expect(await currentBuild()).toBe('young');
    const after = await startMigration();
    await after.result();
    await reconciler.signal(objectChanged);
    await reconciler.result();
    const doneByYoung = young.activities.calls.length;
    release();
    await before.result();

    expect(await buildsOf(before)).toEqual(['old']);
    expect(await buildsOf(after)).toEqual(['young']);
    expect(await buildsOf(reconciler)).toEqual(['old', 'young']);
    expect(young.activities.calls[0]).toBe('cancelOtherMigrations');
    expect(old.activities.calls).not.toContain('cancelOtherMigrations');
    // The rest of the old run, its activities that wait among it.
    expect(old.activities.calls).toEqual(expect.arrayContaining(['createRestore', 'waitForTarget', 'sweepHelpers']));
    expect(young.activities.calls).toHaveLength(doneByYoung);
    // What pinning is for: the new build could not have continued it.
    await expect(expectDeterministic(next, await historiesOf(temporal.client, [before]))).rejects.toThrow(
      'Nondeterminism',
    );
    await old.stop();
  });

  it('do not take over from a newer one when they start again, only when the operator says so', async () => {
    const again = await startBuild('old', today);
    expect(await currentBuild()).toBe('young');
    await startBuild('careful', today, { takesOver: false });
    expect(await currentBuild()).toBe('young');
    await makeCurrent(temporal.client, 'old');
    expect(await currentBuild()).toBe('old');
    await (await startMigration()).result();
    expect(again.activities.calls).toContain('startTarget');
  });

  it('that are gone for good leave their open runs to the current one when the operator says so', async () => {
    const { waitForBackup, release } = heldBackup();
    const gone = await startBuild('gone', today, { script: { waitForBackup } });
    const run = await startMigration();
    await untilCalled(gone.activities, 'waitForBackup');
    const heir = await startBuild('heir', today);
    release();
    await gone.stop();
    expect((await run.describe()).status.name).toBe('RUNNING');
    const isListed = async () => (await moveRuns(temporal.client, 'gone')).includes(run.workflowId);
    await expect.poll(isListed, { timeout: 45_000 }).toBe(true);
    await run.result();
    expect(heir.activities.calls).toEqual(expect.arrayContaining(['createRestore', 'startTarget']));
    await expect(moveRuns(temporal.client, 'heir')).rejects.toThrow('promote one first');
  });
});

it('a worker without a version does not start where it would get no work', async () => {
  await startBuild('any', today);
  await expect(refuseIfVersioned(temporal.client)).rejects.toThrow(
    /^MTC_WORKER_VERSIONING is off, and build .* is the current one .*this worker would get no work\. Set MTC_WORKER_VERSIONING=on, or/,
  );
  await makeCurrent(temporal.client, '');
  await refuseIfVersioned(temporal.client);
});
