import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ActivityDependencies } from '../../activities/kit/dependencies.js';
import { summarizeRun } from '../../activities/records/summarize-run.js';
import { createRunActivities } from '../../activities/run/index.js';
import { settleSteps } from '../../activities/run/settle-steps.js';
import { SYSTEM_ACTOR } from '../../migrations-db/migration-store.js';
import { mergeRetry } from '../../resources/kinds/retry.js';
import { type ConditionType, conditionsOf, hasCondition } from '../../resources/meta/conditions.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { ANNOTATIONS, MIGRATION_FINALIZER, MIGRATION_NAMESPACE } from '../../resources/meta/labels.js';
import { changeAnnotations } from '../../resources/run/keep-annotations.js';
import type { RunKind, RunRef } from '../../resources/run/run-record.js';
import { migrationWorkflowId, recoverWorkflowId } from '../../temporal/contract/workflow-ids.js';
import { Dispatcher } from '../../worker/dispatcher.js';
import { findRecovery } from '../../worker/run-workflow.js';
import { Watchdog } from '../../worker/watchdog.js';
import { runRecord, runVolume } from '../kit/fakes/recorded-run.js';
import { startTemporaryStore, type TemporaryStore } from '../kit/postgres/temporary-store.js';
import { failing, hanging, ScriptedActivities } from '../kit/temporal/scripted-activities.js';
import { ScriptedWorker } from '../kit/temporal/scripted-worker.js';

let worker: ScriptedWorker;
let temporary: TemporaryStore;
beforeAll(async () => {
  [worker, temporary] = await Promise.all([ScriptedWorker.start(), startTemporaryStore()]);
});
afterAll(() => Promise.all([worker?.stop(), temporary?.remove()]));

let number = 0;
let name: string;
let kind: RunKind;
beforeEach(() => {
  name = `m-${++number}`;
  kind = 'MigMigration';
});

const key = () => ({ kind, namespace: MIGRATION_NAMESPACE, name });
const read = async (): Promise<KubeObject> => (await temporary.store.resources.get(key())) as KubeObject;
const write = (change: (object: KubeObject) => KubeObject) =>
  temporary.store.resources.update(key(), change, { actor: SYSTEM_ACTOR });
const retry = () => write((current) => mergeRetry(changeAnnotations(current, { [ANNOTATIONS.retry]: 'now' }), current));
const touch = (value: string) => write((current) => changeAnnotations(current, { touched: value }));
const refOf = async (attempt: number): Promise<RunRef> => ({
  kind,
  namespace: MIGRATION_NAMESPACE,
  name,
  uid: (await read()).metadata.uid ?? '',
  attempt,
});

async function create(): Promise<void> {
  await temporary.store.resources.create(
    {
      apiVersion: 'migration.openshift.io/v1alpha1',
      kind,
      metadata: { namespace: MIGRATION_NAMESPACE, name, finalizers: [MIGRATION_FINALIZER] },
      spec:
        kind === 'DirectVolumeMigration'
          ? {}
          : { quiescePods: true, migPlanRef: { name: 'plan', namespace: MIGRATION_NAMESPACE } },
    },
    { actor: SYSTEM_ACTOR },
  );
}

/** Both: the condition can be there a moment before the run is finished. */
async function untilEnded(condition: ConditionType): Promise<KubeObject> {
  await expect
    .poll(
      async () => {
        const object = await read();
        return hasCondition(conditionsOf(object), condition) && !object.metadata.finalizers?.length;
      },
      { timeout: 30_000 },
    )
    .toBe(true);
  return read();
}

type Script = ConstructorParameters<typeof ScriptedActivities>[1];

/** What a run records is kept for real; what it does follows the script. */
function activities(script: Script): ScriptedActivities {
  const { store } = temporary;
  const recording = createRunActivities({ store, logger: pino({ level: 'silent' }) } as ActivityDependencies);
  const { readRun, setRunState, recordFacts, writeStatus, finishRun } = recording;
  const freezeRun = async ({ run }: { run: RunRef }) => {
    const { attempt, ...migration } = run;
    const row = { ref: run, itinerary: 'Final', state: 'Running', workflowId: migrationWorkflowId(run) } as const;
    return summarizeRun(await store.runs.freeze(row, runRecord({ migration, attempt })));
  };
  const real = {
    freezeRun,
    freezeVolumes: freezeRun,
    readRun,
    setRunState,
    recordFacts,
    writeStatus,
    finishRun,
  } as unknown as Script;
  return new ScriptedActivities(() => expect.fail('the record tells'), { ...real, ...script });
}

/** The worker with its dispatcher and its watchdog, as long as `drive` takes. */
async function operate(script: Script | ScriptedActivities, drive: (client: Client) => Promise<void>): Promise<void> {
  await worker.serve(script instanceof ScriptedActivities ? script : activities(script), async (client) => {
    const logger = pino({ level: 'silent' });
    const loops = [new Dispatcher(temporary.store, client, logger), new Watchdog(temporary.store, client, logger)];
    for (const loop of loops) loop.start();
    try {
      await drive(client);
    } finally {
      await Promise.all(loops.map((loop) => loop.stop()));
    }
  });
}

/** Executions of the migration's root, one after the other. */
async function executions(client: Client, workflowId: string): Promise<string[]> {
  const found: { status: string; at: number }[] = [];
  for await (const { status, startTime } of client.workflow.list({ query: `WorkflowId = "${workflowId}"` })) {
    found.push({ status: status.name, at: startTime.getTime() });
  }
  return found.sort((a, b) => a.at - b.at).map(({ status }) => status);
}

describe('a retry', () => {
  it('is a new run of the same workflow, started once however often it is asked for', async () => {
    const fail = failing('The first backup');
    const createBackup = async ({ run }: { run: RunRef }) =>
      run.attempt === 1 ? fail(undefined as never) : { backup: 'b' };
    await operate({ createBackup } as Script, async (client) => {
      await create();
      const id = migrationWorkflowId(await refOf(1));
      const failed = await untilEnded('Failed');
      expect(failed.status.errors).toEqual([expect.stringContaining('The first backup')]);
      await touch('ended');

      await retry();
      await touch('at once');
      const succeeded = await untilEnded('Succeeded');
      expect(succeeded.metadata.annotations).toMatchObject({ [ANNOTATIONS.attempt]: '2' });
      expect(succeeded.status.errors).toBeUndefined();
      await touch('again');
      await expect.poll(() => temporary.sql('SELECT FROM outbox')).toEqual([]);
      await expect.poll(() => executions(client, id)).toEqual(['FAILED', 'COMPLETED']);

      const { runs } = temporary.store;
      expect(await runs.get(await refOf(1))).toMatchObject({
        state: 'Failed',
        facts: { errors: failed.status.errors },
      });
      expect(await runs.get(await refOf(2))).toMatchObject({ state: 'Succeeded' });
      expect(await runs.get(await refOf(3))).toBeUndefined();
    });
  });

  it('of a DirectVolumeMigration is another attempt as well', async () => {
    kind = 'DirectVolumeMigration';
    let attempts = 0;
    const provisionTargetVolume = async () => {
      attempts += 1;
      return attempts === 1 ? failing('The class is missing')(undefined as never) : { created: true };
    };
    const volumes = [runVolume({ namespace: 'shop', claim: 'data' })];
    const freezeVolumes = async ({ run }: { run: RunRef }) => {
      const { attempt, ...migration } = run;
      const row = { ref: run, itinerary: 'Final', state: 'Running', workflowId: migrationWorkflowId(run) } as const;
      return summarizeRun(await temporary.store.runs.freeze(row, runRecord({ migration, attempt, volumes })));
    };
    await operate({ provisionTargetVolume, freezeVolumes } as unknown as Script, async (client) => {
      await create();
      const failed = await untilEnded('Failed');
      expect(failed.status.errors).toEqual([expect.stringContaining('The class is missing')]);
      await retry();
      const succeeded = await untilEnded('Succeeded');
      expect(succeeded.metadata.annotations).toMatchObject({ [ANNOTATIONS.attempt]: '2' });
      expect(succeeded.status.errors).toBeUndefined();
      const run = await refOf(2);
      await expect.poll(() => executions(client, migrationWorkflowId(run))).toEqual(['FAILED', 'COMPLETED']);
      const { runs } = temporary.store;
      expect(await runs.get({ ...run, attempt: 1 })).toMatchObject({ state: 'Failed' });
      expect(await runs.get(run)).toMatchObject({ state: 'Succeeded' });
    });
  });

  it('asked for before the failed attempt has closed waits for that', async () => {
    let late: (() => void) | undefined;
    const finished = new Promise<void>((resolve) => {
      late = resolve;
    });
    const finishRun = createRunActivities({ store: temporary.store } as ActivityDependencies).finishRun;
    const script = {
      createBackup: async ({ run }: { run: RunRef }) =>
        run.attempt === 1 ? failing('At first')(undefined as never) : { backup: 'b' },
      finishRun: async (input: { run: RunRef }) => {
        if (input.run.attempt === 1) await finished;
        await finishRun(input);
      },
    };
    await operate(script as Script, async (client) => {
      await create();
      await expect.poll(async () => hasCondition(conditionsOf(await read()), 'Failed'), { timeout: 45_000 }).toBe(true);
      const waits = vi.spyOn(client, 'withDeadline');
      await retry();
      // The dispatcher has heard of it, and waits for the former attempt to close.
      await expect.poll(() => waits, { timeout: 45_000 }).toHaveBeenCalled();
      expect(await temporary.store.runs.get(await refOf(2))).toBeUndefined();
      late?.();
      await untilEnded('Succeeded');
      await expect
        .poll(async () => executions(client, migrationWorkflowId(await refOf(1))))
        .toEqual(['FAILED', 'COMPLETED']);
    });
  });

  it.each([
    ['before its record was frozen', 'waitForTurn'],
    ['before the source was halted', 'quiesceApplications'],
    ['once it was halted', 'waitForBackup'],
  ])('that was terminated %s is recovered, and can be retried', async (_, activity) => {
    let reached = 0;
    const hang = hanging(() => {
      reached += 1;
    });
    const fail = failing('At first');
    const script = {
      ensureBackupLocations: async ({ run }: { run: RunRef }) => run.attempt === 1 && fail(undefined as never),
      [activity]: async ({ run }: { run: RunRef }) => (run.attempt === 2 ? hang(undefined as never) : {}),
      settleSteps,
    };
    await operate(script as unknown as Script, async (client) => {
      await create();
      await untilEnded('Failed');
      await retry();
      await expect.poll(() => reached, { timeout: 45_000 }).toBe(1);
      const run = await refOf(2);
      await client.workflow.getHandle(migrationWorkflowId(run)).terminate('The test says so.');
      const recovered = await untilEnded('Failed');
      expect(recovered.status.conditions).toContainEqual(
        expect.objectContaining({ type: 'Failed', message: expect.stringContaining('was terminated') }),
      );
      await expect
        .poll(async () => (await client.workflow.getHandle(recoverWorkflowId(run)).describe()).status.name)
        .toBe('COMPLETED');
      await retry();
      await untilEnded('Succeeded');
      await expect
        .poll(() => executions(client, migrationWorkflowId(run)))
        .toEqual(['FAILED', 'TERMINATED', 'COMPLETED']);
    });
  });
});

describe('an unwind that something stands in the way of', () => {
  it('outlives its workflows, and continues when the operator asks', async () => {
    let fixed = false;
    const script = {
      createBackup: failing('The first backup'),
      unquiesceSource: (input: unknown) =>
        fixed ? { workloads: 1, alreadyRunning: 0 } : failing('Deployments may not be patched')(input as never),
      settleSteps,
    };
    await operate(script as unknown as Script, async (client) => {
      await create();
      const isBlocked = async () => hasCondition(conditionsOf(await read()), 'UnwindBlocked');
      await expect.poll(isBlocked, { timeout: 45_000 }).toBe(true);
      const run = await refOf(1);
      await client.workflow.getHandle(migrationWorkflowId(run)).terminate('The test says so.');

      for (const recoveries of [1, 2]) {
        const isNext = async () => (await findRecovery(client, run))?.recoveries;
        await expect.poll(isNext, { timeout: 45_000 }).toBe(recoveries);
        const recovery = client.workflow.getHandle(recoverWorkflowId(run));
        const tries = async () => (await recovery.fetchHistory()).events?.filter(isFailure).length;
        await expect.poll(tries, { timeout: 45_000 }).toBe(1);
        if (recoveries === 1) await recovery.terminate('The test says so.');
      }

      fixed = true;
      await retry();
      const failed = await untilEnded('Failed');
      expect(failed.status.errors).toEqual([expect.stringContaining('The first backup')]);
      expect(conditionsOf(failed)).toContainEqual(
        expect.objectContaining({ message: expect.stringMatching(/The first backup.*started again/) }),
      );
    });
  });
});

describe('a run terminated behind its recorded end', () => {
  const recording = () => createRunActivities({ store: temporary.store } as ActivityDependencies);
  const isEnd = ({ status }: { status: Record<string, unknown> }) => status.phase === 'Completed';
  const behindIt = {
    'with its status written': (hang: () => unknown) => ({
      finishRun: once(hang, recording().finishRun as never, () => true),
    }),
    'before its status was written': (hang: () => unknown) => ({
      writeStatus: once(hang, recording().writeStatus as never, isEnd),
    }),
  };

  it.each([
    ['with its status written', 'Succeeded'],
    ['with its status written', 'Failed'],
    ['before its status was written', 'Succeeded'],
    ['before its status was written', 'Failed'],
  ] as const)('%s stays %s and is only released', async (when, end) => {
    let reached = 0;
    const hang = hanging(() => {
      reached += 1;
    });
    const script = activities({
      ...behindIt[when](() => hang(undefined as never)),
      ...(end === 'Failed' && { createBackup: failing('Velero is down') }),
      settleSteps,
    } as unknown as Script);
    await operate(script, async (client) => {
      await create();
      await expect.poll(() => reached, { timeout: 45_000 }).toBe(1);
      const run = await refOf(1);
      const done = script.calls.length;
      await client.workflow.getHandle(migrationWorkflowId(run)).terminate('The test says so.');
      const ended = await untilEnded(end);
      expect(script.calls.slice(done).filter((call) => call !== 'settleSteps')).toEqual([]);
      expect(conditionsOf(ended).map(({ type }) => type)).not.toContain(end === 'Failed' ? 'Succeeded' : 'Failed');
      const pipeline = ended.status.pipeline as { name: string; completed?: string }[];
      expect(pipeline.find(({ name }) => name === 'Prepare')?.completed).toBeDefined();
      expect(ended.status.errors ?? []).toEqual(end === 'Failed' ? [expect.stringContaining('Velero is down')] : []);
      expect(JSON.stringify(ended.status)).not.toContain('terminated');
      expect(await temporary.store.runs.get(run)).toMatchObject({ state: end });
      await expect
        .poll(async () => (await client.workflow.getHandle(recoverWorkflowId(run)).describe()).status.name)
        .toBe('COMPLETED');
    });
  });
});

/** Hangs the first time the input is the one meant. */
function once(hang: () => unknown, real: (input: never) => unknown, meant: (input: never) => boolean) {
  let hung = false;
  return (input: never) => {
    if (hung || !meant(input)) return real(input);
    hung = true;
    return hang();
  };
}

const isFailure = ({ activityTaskFailedEventAttributes: failure }: temporal.api.history.v1.IHistoryEvent): boolean =>
  Boolean(failure);

describe('a wish to continue', () => {
  it('reaches the running root with its count', async () => {
    let reached = 0;
    const hang = hanging(() => {
      reached += 1;
    });
    await operate({ createBackup: hang }, async (client) => {
      await create();
      await expect.poll(() => reached, { timeout: 45_000 }).toBe(1);
      await write((current) => {
        const conditions = [...conditionsOf(current), { type: 'Paused', status: 'True' }];
        const paused = { ...current, status: { ...current.status, conditions } };
        return mergeRetry(changeAnnotations(paused, { [ANNOTATIONS.retry]: 'now' }), paused);
      });
      const root = client.workflow.getHandle(migrationWorkflowId(await refOf(1)));
      const signals = async () => {
        const { events = [] } = await root.fetchHistory();
        return events?.flatMap(({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName ?? []);
      };
      await expect.poll(signals, { timeout: 30_000 }).toContain('resume');
      await write((current) => ({ ...current, spec: { ...current.spec, canceled: true } }));
      await untilEnded('Canceled');
    });
  });
});
