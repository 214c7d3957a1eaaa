import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunItinerary, RunRef } from '../../resources/run/run-record.js';
import { resume } from '../../temporal/contract/messages.js';
import { SEARCH_ATTRIBUTES } from '../../temporal/contract/search-attributes.js';
import { migrationWorkflowId } from '../../temporal/contract/workflow-ids.js';
import { runSummary } from '../kit/fakes/run-summary.js';
import { resetBefore } from '../kit/temporal/reset.js';
import { failing, failingOnce, hanging, ScriptedActivities } from '../kit/temporal/scripted-activities.js';
import { ScriptedWorker, startRecovery, untilCalled } from '../kit/temporal/scripted-worker.js';

let worker: ScriptedWorker;

beforeAll(async () => {
  worker = await ScriptedWorker.start();
});

afterAll(() => worker?.stop());

type Drive = Parameters<ScriptedWorker['run']>[2];

async function run(
  activities: ScriptedActivities,
  drive: (handle: Parameters<Drive>[0], client: Parameters<Drive>[1], ref: RunRef) => Promise<void>,
  { itinerary = 'Final', attempt = 1 }: { itinerary?: RunItinerary; attempt?: number } = {},
): Promise<void> {
  const ref: RunRef = {
    kind: 'MigMigration',
    namespace: 'openshift-migration',
    name: 'cutover',
    uid: randomUUID(),
    attempt,
  };
  const root = { workflow: 'migration', input: { run: ref, itinerary } } as const;
  await worker.run(activities, root, (handle, client) => drive(handle, client, ref));
}

const fails = async (handle: Parameters<Drive>[0]): Promise<void> => {
  await expect(handle.result()).rejects.toThrow();
};

const untilBlocked = (activities: ScriptedActivities) =>
  expect.poll(() => activities.condition('UnwindBlocked'), { timeout: 45_000 }).toBeDefined();

describe('an unwind', () => {
  it('shows why the run failed before anything is undone', async () => {
    let shown: unknown;
    const activities = new ScriptedActivities(runSummary(), {
      waitForBackup: failing('Velero is down'),
      unquiesceSource: async () => {
        await expect
          .poll(() => activities.lastStatus)
          .toHaveProperty('errors', [expect.stringContaining('Velero is down')]);
        shown = activities.condition('Unwinding');
        return { workloads: 1, alreadyRunning: 0 };
      },
    });
    await run(activities, fails);
    expect(shown).toMatchObject({
      reason: 'InitialBackupCreated',
      message: expect.stringContaining('Velero is down'),
    });
    expect(activities.condition('Unwinding')).toBeUndefined();
    expect(activities.condition('Failed')).toMatchObject({ reason: 'InitialBackupCreated' });
  });

  it('that fails says so and continues when the operator asks, with the failure of the run in its status', async () => {
    const activities = new ScriptedActivities(runSummary(), {
      waitForRestore: failing('The restore failed'),
      confirmTargetDown: failingOnce('Pods may not be listed', undefined),
    });
    await run(activities, async (handle) => {
      await untilBlocked(activities);
      expect(activities.condition('UnwindBlocked')).toMatchObject({
        reason: 'Refused',
        message: expect.stringMatching(/Pods may not be listed \(cluster target\).*retry=now/),
      });
      expect(activities.lastStatus).toHaveProperty('errors', [expect.stringContaining('The restore failed')]);
      expect(activities.calls).not.toContain('unquiesceSource');
      const { typedSearchAttributes } = await handle.describe();
      expect(typedSearchAttributes.get(SEARCH_ATTRIBUTES.needsAttention)).toBe(true);
      await handle.signal(resume, 1);
      await fails(handle);
    });
    expect(activities.calls).toContain('unquiesceSource');
    expect(activities.condition('UnwindBlocked')).toBeUndefined();
    expect(activities.condition('Failed')).toMatchObject({
      reason: 'FinalRestoreCreated',
      message: expect.stringMatching(/The restore failed.*started again/),
    });
  });

  it('that fails is tried again by itself', async () => {
    const activities = new ScriptedActivities(runSummary(), {
      waitForQuiesce: hanging(() => undefined),
      unquiesceSource: failingOnce('Deployments may not be patched', { workloads: 1, alreadyRunning: 0 }),
    });
    await run(activities, async (handle) => {
      await untilCalled(activities, 'waitForQuiesce');
      await handle.cancel();
      await fails(handle);
    });
    expect(activities.calls.filter((call) => call === 'unquiesceSource')).toHaveLength(2);
    expect(activities.condition('Canceled')).toMatchObject({
      reason: 'Cancel',
      message: expect.stringContaining('started again'),
    });
  });
});

describe('a run that has ended', () => {
  /** What Postgres answers once the end is recorded. */
  const keepsItsEnd = (activities: ScriptedActivities) => ({
    setRunState: async () => 'ended',
    readRun: async ({ run: ref }: { run: RunRef }) => ({
      summary: runSummary()(ref),
      facts: activities.facts,
      state: 'Failed',
    }),
  });
  const UNDONE = ['confirmTargetDown', 'unquiesceSource', 'sweepHelpers'];
  const undone = ({ calls }: ScriptedActivities) => calls.filter((call) => UNDONE.includes(call));

  it.each([
    ['before it was recorded that it unwinds', 'setRunState', { state: 'Unwinding' }],
    ['in the middle of its unwind', 'confirmTargetDown', {}],
    ['before its end was recorded', 'setRunState', { state: 'Failed' }],
    ['in the middle of what it did', 'recordFacts', { facts: { restoreOwed: true } }],
  ])('changes nothing when it is reset to %s', async (_, activity, input) => {
    const activities = new ScriptedActivities(runSummary(), { waitForRestore: failing('The restore failed') });
    await run(activities, async (handle, client, ref) => {
      await fails(handle);
      const before = undone(activities);
      const end = activities.lastStatus;
      const late = failing('This run has ended');
      activities.amend({
        ...keepsItsEnd(activities),
        createRestore: late,
        waitForRestoreIdle: late,
        confirmTargetDown: late,
        unquiesceSource: late,
        sweepHelpers: late,
      });
      const isIt = (given: Record<string, unknown>) =>
        Object.entries(input).every(([key, value]) => JSON.stringify(given[key]) === JSON.stringify(value));
      const runId = await resetBefore(client, migrationWorkflowId(ref), activity, isIt);
      await expect(client.workflow.getHandle(handle.workflowId, runId).result()).rejects.toMatchObject({
        cause: { type: 'RunHasEnded', message: expect.stringMatching(/^This run has ended/) },
      });
      // One of them may be asked before it is known; none is tried again.
      expect(undone(activities).length - before.length).toBeLessThanOrEqual(1);
      expect(activities.lastStatus).toEqual(end);
      expect(activities.condition('UnwindBlocked')).toBeUndefined();
    });
  });
});

describe('recover', () => {
  it('continues an unwind that something blocks, and tells why the run had failed', async () => {
    const activities = new ScriptedActivities(runSummary(), {
      waitForBackup: failing('Velero is down'),
      unquiesceSource: failing('Deployments may not be patched'),
    });
    await run(activities, async (handle, client, ref) => {
      await untilBlocked(activities);
      activities.facts.errors = ['Velero is down'];
      await handle.terminate('test');
      const recovery = await startRecovery(client, ref, 'Final');
      await expect.poll(() => activities.calls.filter((call) => call === 'unquiesceSource').length).toBe(2);
      await untilBlocked(activities);
      activities.amend({ unquiesceSource: () => ({ workloads: 1, alreadyRunning: 0 }) });
      await recovery.signal(resume, 1);
      await recovery.result();
    });
    expect(activities.lastStatus).toHaveProperty('errors', ['Velero is down']);
    expect(activities.condition('Failed')?.message).toMatch(/^Velero is down The source application was started again/);
    expect(activities.states.at(-1)).toBe('Failed');
  });

  it('takes a rollback to its end that had begun to stop the target', async () => {
    const activities = new ScriptedActivities(runSummary({ itinerary: 'Rollback', quiescePods: false }), {
      removeMigrated: hanging(() => undefined),
    });
    await run(
      activities,
      async (handle, client, ref) => {
        await untilCalled(activities, 'removeMigrated');
        await handle.terminate('test');
        activities.amend({ removeMigrated: () => ({ removed: 1, kept: [], discarded: [] }) });
        await (await startRecovery(client, ref, 'Rollback')).result();
      },
      { itinerary: 'Rollback' },
    );
    const again = activities.calls.slice(activities.calls.indexOf('settleSteps'));
    expect(again).toEqual(
      expect.arrayContaining(['haltTarget', 'removeMigrated', 'unquiesceSource', 'confirmSourceRunning']),
    );
    expect(activities.condition('Recovered')).toBeDefined();
    expect(activities.states.at(-1)).toBe('Succeeded');
  });

  it('says of a rollback that had stopped nothing that nothing was', async () => {
    const activities = new ScriptedActivities(runSummary({ itinerary: 'Rollback', quiescePods: false }), {
      settleTarget: hanging(() => undefined),
    });
    await run(
      activities,
      async (handle, client, ref) => {
        await untilCalled(activities, 'settleTarget');
        await handle.terminate('test');
        await (await startRecovery(client, ref, 'Rollback')).result();
      },
      { itinerary: 'Rollback' },
    );
    expect(activities.calls).not.toContain('haltTarget');
    expect(activities.condition('Failed')?.message).toContain('had stopped nothing');
  });
});

describe('what a run that failed leaves the operator to do', () => {
  it.each([
    [
      'a final that halted the source',
      {},
      'waitForTarget',
      /source stays down.*retry the migration.*Rollback.*discards/,
    ],
    [
      'a final that did not',
      { quiescePods: false },
      'waitForRestore',
      /source was not halted and runs.*retry.*Rollback/,
    ],
    ['a conversion', { itinerary: 'Conversion' }, 'startConverted', /new claims.*retry.*Rollback.*former claims back/],
  ] as const)('%s', async (_, summary, activity, text) => {
    const activities = new ScriptedActivities(runSummary(summary), {
      [activity]: () => {
        activities.facts.commitPoint ??= 'now';
        return failing('The test says so')(undefined as never);
      },
    });
    await run(activities, fails);
    expect(activities.condition('Failed')?.message).toMatch(text);
    expect(activities.condition('Failed')?.message).not.toContain('not touched');
  });

  it.each([
    ['a final with a workload that cannot be started', 'WorkloadsNotStarted', /not all of its workloads/],
    ['a final after a cutover that has left the source down', 'SourceKeptDown', /stays down there.*Rollback/],
  ])('%s', async (_, type, text) => {
    const activities = new ScriptedActivities(runSummary(), {
      waitForBackup: failing('Velero is down'),
      unquiesceSource: () => ({ workloads: 0, alreadyRunning: 0, warnings: [{ type, message: 'web stays down' }] }),
    });
    await run(activities, fails);
    expect(activities.condition('Failed')?.message).toMatch(text);
    expect(activities.condition('Failed')?.message).not.toContain('source application was started');
  });

  it('a retry that ended before it was frozen, of one that had passed its commit point', async () => {
    const facts = { commitPoint: 'before', quiesceOwed: true };
    const readRun = ({ run: asked }: { run: RunRef }) =>
      asked.attempt === 1 ? { summary: runSummary()(asked), facts, state: 'Failed' } : undefined;
    const activities = new ScriptedActivities(runSummary(), { freezeRun: failing('The plan is not Ready'), readRun });
    await run(activities, fails, { attempt: 3 });
    expect(activities.calls).not.toContain('unquiesceSource');
    expect(activities.condition('Failed')?.message).toContain('had passed the commit point');
  });
});

describe('a cancel in the last moment', () => {
  it('of a stage is said to come when nothing was left to cancel', async () => {
    const activities = new ScriptedActivities(runSummary({ itinerary: 'Stage', quiescePods: false }), {
      settleTarget: async () => {
        await (hanging(() => undefined)(undefined as never) as Promise<void>).catch(() => undefined);
      },
    });
    await run(
      activities,
      async (handle) => {
        await untilCalled(activities, 'settleTarget');
        await handle.cancel();
        await handle.result();
      },
      { itinerary: 'Stage' },
    );
    expect(activities.condition('CancelIgnored')?.message).toContain('nothing of the source application was touched');
    expect(activities.condition('CancelIgnored')?.message).not.toContain('commit point');
  });
});
