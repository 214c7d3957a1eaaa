import { randomUUID } from 'node:crypto';
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { summarizeRun } from '../../activities/records/summarize-run.js';
import { StepFailure } from '../../resources/meta/failure.js';
import type { RunRef } from '../../resources/run/run-record.js';
import { runRecord } from '../kit/fakes/recorded-run.js';
import { manyVolumes, newRun } from '../kit/temporal/many-volumes.js';
import { hanging, ScriptedActivities } from '../kit/temporal/scripted-activities.js';
import { ScriptedWorker, startRecovery, untilCalled } from '../kit/temporal/scripted-worker.js';

let worker: ScriptedWorker;
beforeAll(async () => {
  worker = await ScriptedWorker.start();
});
afterAll(() => worker?.stop());

const rejected = new StepFailure({
  type: 'CredentialsRejected',
  what: 'The token was refused',
  where: 'cluster target',
  why: '401.',
  next: 'Give a new one.',
});

/** Until the credentials are new. */
const rejectedBefore = (attempt: number) => async () => {
  if (Context.current().info.attempt < attempt) throw rejected;
  return { backup: 'b' };
};

async function signalsOf(root: WorkflowHandle): Promise<string[]> {
  const { events } = await root.fetchHistory();
  return (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName ?? []);
}

async function run(
  script: ConstructorParameters<typeof ScriptedActivities>[1],
): Promise<[ScriptedActivities, string[]]> {
  const ref: RunRef = {
    kind: 'MigMigration',
    namespace: 'openshift-migration',
    name: 'cutover',
    uid: randomUUID(),
    attempt: 1,
  };
  const { attempt, ...migration } = ref;
  const activities = new ScriptedActivities(() => summarizeRun(runRecord({ migration, attempt })), script);
  let signals: string[] = [];
  await worker.run(activities, { workflow: 'migration', input: { run: ref, itinerary: 'Final' } }, async (root) => {
    await root.result();
    signals = await signalsOf(root);
  });
  return [activities, signals];
}

it('a run is told once that an activity waits for new credentials, and once that they have come', async () => {
  const [activities, signals] = await run({ createBackup: rejectedBefore(4) });
  expect(signals).toEqual(['attention', 'attentionOver']);
  const conditions = activities.statuses.map((status) => status.conditions as { type: string; message: string }[]);
  const shown = conditions.map((all) => all.find(({ type }) => type === 'CredentialsRejected')?.message);
  expect(shown).toContain(rejected.message);
  expect(shown.at(-1)).toBeUndefined();
});

it('a recovery is told in the place of the workflow that was lost', async () => {
  const ref: RunRef = {
    kind: 'MigMigration',
    namespace: 'openshift-migration',
    name: 'cutover',
    uid: randomUUID(),
    attempt: 1,
  };
  const { attempt, ...migration } = ref;
  const activities = new ScriptedActivities(() => summarizeRun(runRecord({ migration, attempt })), {
    waitForBackup: hanging(() => undefined),
  });
  const input = { run: ref, itinerary: 'Final' as const };
  await worker.run(activities, { workflow: 'migration', input }, async (root, client) => {
    await untilCalled(activities, 'waitForBackup');
    await root.terminate('test');
    activities.amend({ unquiesceSource: rejectedBefore(3) });
    const recovery = await startRecovery(client, ref, 'Final');
    await recovery.result();
    expect(await signalsOf(recovery)).toEqual(['attention', 'attentionOver']);
  });
});

it('is not told of what is tried again for other reasons', async () => {
  const createBackup = async () => {
    if (Context.current().info.attempt < 3) throw new Error('The connection broke.');
    return { backup: 'b' };
  };
  expect((await run({ createBackup }))[1]).toEqual([]);
});

it('many volumes that wait for days for the same token add nothing to the history of the run', async () => {
  const VOLUMES = 16;
  // Each is looked at again after 30 attempts, five minutes of a real outage.
  const ROUNDS = [40, 130] as const;
  const { activities } = manyVolumes(VOLUMES, VOLUMES);
  const attempts = new Map<string, number>();
  let admitted = false;
  activities.amend({
    prepareVolume: async ({ volume }: { volume: string }) => {
      if (admitted) return { mover: 'rsync', type: 'NodePort', host: 'target', port: 30000 };
      attempts.set(volume, Context.current().info.attempt);
      const { message, report } = rejected;
      throw ApplicationFailure.create({
        message,
        type: report.type,
        details: [report],
        nextRetryDelay: '10 milliseconds',
      });
    },
  });
  const each = (least: number) =>
    expect
      .poll(() => [...attempts.values()].filter((count) => count >= least).length, { timeout: 60_000 })
      .toBe(VOLUMES);
  const input = { run: newRun(), itinerary: 'Stage' as const };
  await worker.run(activities, { workflow: 'migration', input }, async (root) => {
    await each(ROUNDS[0]);
    const before = await root.describe();
    await each(ROUNDS[1]);
    const after = await root.describe();
    expect(after.historyLength).toBe(before.historyLength);
    expect((await signalsOf(root)).length).toBeLessThanOrEqual(VOLUMES);
    expect(activities.condition('CredentialsRejected')).toBeDefined();
    admitted = true;
    await root.result();
    expect((await root.describe()).historyLength).toBeLessThan(2_000);
    expect(activities.statuses.length).toBeLessThan(40);
  });
});
