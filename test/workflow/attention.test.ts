import { randomUUID } from 'node:crypto';
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { summarizeRun } from '../../activities/records/summarize-run.js';
import { StepFailure } from '../../resources/meta/failure.js';
import type { RunRef } from '../../resources/run/run-record.js';
import { runRecord } from '../kit/fakes/recorded-run.js';
import { longNamedVolumes, manyVolumes, newRun } from '../kit/temporal/many-volumes.js';
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

it('volumes that wait for the same token for 72 hours leave the run open, and add nothing to its history', async () => {
  const VOLUMES = 100;
  const HOURS = 72;
  // Looked at again after 30, five minutes of a real outage.
  const ATTEMPTS = 35;
  const WITHIN = { timeout: 120_000 };
  const { activities } = manyVolumes(VOLUMES, VOLUMES);
  const attempts = new Map<string, number>();
  let admitted = false;
  activities.amend({
    prepareVolume: async ({ volume }: { volume: string }) => {
      if (admitted) return { mover: 'rsync', type: 'NodePort', host: 'target', port: 30000 };
      const attempt = (attempts.get(volume) ?? 0) + 1;
      attempts.set(volume, attempt);
      const { message, report } = rejected;
      throw ApplicationFailure.create({ message, type: report.type, details: [report], nextRetryDelay: pause(volume) });
    },
  });
  const [first, ...others] = longNamedVolumes(10).map(({ id }) => id);
  const pause = (volume: string) => {
    // Longer than the time of the activity: Temporal ends it at once, as it does after an hour of attempts.
    if (volume === first && (attempts.get(volume) ?? 0) <= HOURS) return '2 hours';
    return others.includes(volume) ? '10 milliseconds' : '5 seconds';
  };
  const counts = (volumes: Iterable<string>) => Array.from(volumes, (volume) => attempts.get(volume) ?? 0);
  const input = { run: newRun(), itinerary: 'Stage' as const };
  const histories = await worker.run(activities, { workflow: 'migration', input }, async (root) => {
    await expect.poll(() => attempts.size, WITHIN).toBe(VOLUMES);
    await expect.poll(() => Math.min(...counts(others)), WITHIN).toBeGreaterThan(2);
    const before = await root.describe();
    await expect.poll(() => Math.min(...counts(others)), WITHIN).toBeGreaterThan(ATTEMPTS);
    await expect.poll(() => Math.max(...counts(attempts.keys())), WITHIN).toBeGreaterThan(HOURS);
    const after = await root.describe();
    expect(after.status.name).toBe('RUNNING');
    expect(after.historyLength).toBe(before.historyLength);
    expect(await signalsOf(root)).toEqual(['attention']);
    expect(activities.condition('CredentialsRejected')).toBeDefined();
    admitted = true;
    await root.result();
    expect(await signalsOf(root)).toEqual(['attention', 'attentionOver']);
    expect(activities.condition('CredentialsRejected')).toBeUndefined();
    expect(activities.statuses.length).toBeLessThan(40);
  });
  for (const { type, history } of histories) expect(history.events?.length, type).toBeLessThan(2_000);
}, 300_000);
