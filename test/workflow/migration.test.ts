import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settleSteps } from '../../activities/run/settle-steps.js';
import { actionsOf } from '../../resources/run/actions.js';
import type { RunRef, RunSummary } from '../../resources/run/run-record.js';
import { failing, hanging, ScriptedActivities } from '../kit/temporal/scripted-activities.js';
import { ScriptedWorker, startRecovery, untilCalled } from '../kit/temporal/scripted-worker.js';

let worker: ScriptedWorker;

beforeAll(async () => {
  worker = await ScriptedWorker.start();
});

afterAll(() => worker?.stop());

const final = (ref: RunRef): RunSummary => ({
  ref,
  planUid: 'plan-uid',
  planName: 'shop',
  sourceCluster: 'source',
  targetCluster: 'target',
  itinerary: 'Final',
  does: actionsOf('Final', { quiesce: true }),
  verify: false,
  volumes: [{ id: 'shop/data', label: 'shop/data' }],
  maxConcurrentVolumes: 16,
  warnings: [],
  patience: { pod: 1, copy: 1, quiesce: 1, backup: 1, restore: 1, start: 1, cleanup: 1 },
  title: 'shop',
});
const stage = (ref: RunRef): RunSummary => ({
  ...final(ref),
  itinerary: 'Stage',
  does: actionsOf('Stage', { quiesce: false }),
});

/** How every unwind that owes the source something ends; these two have no order. */
const SIDE_BY_SIDE = ['confirmSourceRunning', 'sweepHelpers'];

type Drive = Parameters<ScriptedWorker['run']>[2];

async function run(
  activities: ScriptedActivities,
  drive: (handle: Parameters<Drive>[0], client: Parameters<Drive>[1], ref: RunRef) => Promise<void>,
  itinerary: 'Stage' | 'Final' = 'Final',
): Promise<void> {
  const ref: RunRef = {
    kind: 'MigMigration',
    namespace: 'openshift-migration',
    name: 'cutover',
    uid: randomUUID(),
    attempt: 1,
  };
  const root = { workflow: 'migration', input: { run: ref, itinerary } } as const;
  await worker.run(activities, root, (handle, client) => drive(handle, client, ref));
}

describe('a stage', () => {
  it('copies while the application runs and touches nothing of it', async () => {
    const activities = new ScriptedActivities(stage);
    await run(activities, (handle) => handle.result(), 'Stage');
    expect(activities.calls).toEqual([
      'provisionTargetVolume',
      'prepareVolume',
      'copyVolume(pre-copy)',
      'removeVolumeHelpers',
      'sweepHelpers',
      'settleTarget',
    ]);
    expect(activities.lastStatus).toMatchObject({ phase: 'Completed' });
    expect(activities.condition('Succeeded')).toBeDefined();
    expect(activities.condition('Running')).toBeUndefined();
  });
});

describe('a final migration', () => {
  it('copies last after quiesce was seen complete, and starts the target after the restore', async () => {
    const activities = new ScriptedActivities(final);
    await run(activities, (handle) => handle.result());
    const at = (call: string) => activities.calls.indexOf(call);
    expect(at('copyVolume(pre-copy)')).toBeLessThan(at('quiesceApplications'));
    // Nothing listens while the application runs on: each pass has an endpoint and keys of its own.
    expect(activities.calls.filter((call) => /removeVolumeHelpers|prepareVolume|copyVolume/.test(call))).toEqual([
      ...['prepareVolume', 'copyVolume(pre-copy)', 'removeVolumeHelpers'],
      ...['prepareVolume', 'copyVolume(final)', 'removeVolumeHelpers'],
    ]);
    expect(at('waitForQuiesce')).toBeLessThan(at('copyVolume(final)'));
    expect(at('waitForQuiesce')).toBeLessThan(at('createBackup'));
    expect(at('copyVolume(final)')).toBeLessThan(at('createRestore'));
    expect(at('copyBackupToTarget')).toBeLessThan(at('createRestore'));
    expect(at('waitForRestore')).toBeLessThan(at('startTarget'));
    expect(at('startTarget')).toBeLessThan(at('sweepHelpers'));
    expect(activities.calls).not.toContain('unquiesceSource');
    expect(activities.facts).toMatchObject({ quiesceOwed: true, restoreOwed: true });
    expect(activities.states.at(-1)).toBe('Succeeded');
    expect(activities.lastStatus.pipeline.map((step) => step.name)).toEqual([
      'Prepare',
      'Backup',
      'StageBackup',
      'DirectVolume',
      'Restore',
      'Cleanup',
    ]);
  });

  it("restores what the application's own webhooks could not admit once it runs, and tells what is on the target", async () => {
    const told = (message: string) => ({ type: 'ObjectsOnTarget' as const, reason: 'AlreadyThere', message });
    const activities = new ScriptedActivities(final, {
      inspectTarget: async () => ({ warnings: [told('seen before')] }),
      waitForRestore: async () => ({ items: 1, warnings: [], told: [told('settings differs')], again: true }),
      restoreAgain: async () => ({ warnings: ['one object is missing'] }),
    });
    await run(activities, (handle) => handle.result());
    const at = (call: string) => activities.calls.indexOf(call);
    expect(at('inspectTarget')).toBeLessThan(at('rehearseTarget'));
    expect(at('restoreAgain')).toBeGreaterThan(at('waitForTarget'));
    expect(at('restoreAgain')).toBeLessThan(at('sweepHelpers'));
    expect(activities.condition('ObjectsOnTarget')?.message).toBe('settings differs');
    expect(activities.condition('VeleroFinalRestorePartiallyFailed')?.message).toBe('one object is missing');
    expect(activities.states.at(-1)).toBe('SucceededWithWarnings');
  });

  it('fails behind its commit point while objects are missing, so that a retry brings them', async () => {
    const activities = new ScriptedActivities(final, {
      waitForRestore: async () => ({ items: 1, warnings: [], again: true }),
      restoreAgain: failing('The webhook does not answer'),
    });
    await run(activities, async (handle) => {
      await expect(handle.result()).rejects.toThrow();
    });
    expect(activities.calls).not.toContain('unquiesceSource');
    expect(activities.condition('Failed')?.message).toContain('The webhook does not answer');
  });

  it('halts nothing where the target holds what would stay down', async () => {
    const activities = new ScriptedActivities(final, { inspectTarget: failing('web is down there') });
    await run(activities, async (handle) => {
      await expect(handle.result()).rejects.toThrow();
    });
    expect(activities.calls).not.toContain('quiesceApplications');
    expect(activities.calls).not.toContain('unquiesceSource');
  });

  it('brings the source back when it fails before the commit point, after the target is confirmed down', async () => {
    const activities = new ScriptedActivities(final, { waitForRestore: failing('The restore failed') });
    await run(activities, async (handle) => {
      await expect(handle.result()).rejects.toThrow();
    });
    const after = activities.calls.slice(activities.calls.indexOf('waitForRestore') + 1);
    expect(after.slice(0, -2)).toEqual(['waitForRestoreIdle', 'confirmTargetDown', 'unquiesceSource']);
    expect(after.slice(-2).sort()).toEqual(SIDE_BY_SIDE);
    expect(activities.condition('Failed')?.message).toContain('The restore failed');
    expect(activities.condition('Failed')?.message).toContain('started again');
    expect(activities.states.at(-1)).toBe('Failed');
  });

  it('leaves the source alone when it fails before quiesce', async () => {
    const activities = new ScriptedActivities(final, { prepareVolume: failing('No node answers') });
    await run(activities, async (handle) => {
      await expect(handle.result()).rejects.toThrow();
    });
    expect(activities.calls).not.toContain('unquiesceSource');
    expect(activities.condition('Failed')?.message).toContain('not touched');
  });

  it('never starts the source after the commit point', async () => {
    const activities = new ScriptedActivities(final, { waitForTarget: failing('The target cannot be watched') });
    await run(activities, async (handle) => {
      await expect(handle.result()).rejects.toThrow();
    });
    expect(activities.calls).not.toContain('unquiesceSource');
    expect(activities.calls).not.toContain('confirmTargetDown');
    expect(activities.condition('Failed')?.message).toContain('source stays down');
  });

  it('starts the source when starting the target failed before its first workload', async () => {
    const activities = new ScriptedActivities(final, { startTarget: failing('Scaling was refused') });
    await run(activities, async (handle) => {
      await expect(handle.result()).rejects.toThrow();
    });
    expect(activities.calls.slice(-4, -2)).toEqual(['confirmTargetDown', 'unquiesceSource']);
    expect(activities.calls.slice(-2).sort()).toEqual(SIDE_BY_SIDE);
  });

  it('ends well with a warning when only the cleanup fails', async () => {
    const activities = new ScriptedActivities(final, { sweepHelpers: failing('A pod does not go') });
    await run(activities, (handle) => handle.result());
    expect(activities.states.at(-1)).toBe('SucceededWithWarnings');
    expect(activities.condition('HelpersLeft')?.message).toContain('A pod does not go');
  });

  it('lets the branch beside a failing one settle before anything is undone', async () => {
    let settled = false;
    const copying = Promise.withResolvers<void>();
    const settledWhenUndone: boolean[] = [];
    const activities = new ScriptedActivities(final, {
      waitForBackup: async (input: never) => {
        await copying.promise;
        return failing('Velero is down')(input);
      },
      copyVolume: (async ({ pass }: { pass: string }) => {
        if (pass === 'final')
          await (hanging(copying.resolve)(undefined as never) as Promise<void>).finally(async () => {
            await pause(300);
            settled = true;
          });
        return { files: 0, bytes: 0, sentBytes: 0, warnings: [] };
      }) as never,
      unquiesceSource: () => {
        settledWhenUndone.push(settled);
        return { workloads: 1, alreadyRunning: 0 };
      },
    });
    await run(activities, async (handle) => {
      await expect(handle.result()).rejects.toThrow();
    });
    expect(settledWhenUndone).toEqual([true]);
    expect(activities.condition('Failed')?.message).toContain('Velero is down');
  });

  it('unwinds when it is cancelled in the copy after quiesce', async () => {
    const activities = new ScriptedActivities(final, {
      copyVolume: (({ pass }: { pass: string }) =>
        pass === 'final'
          ? hanging(() => undefined)(undefined as never)
          : { files: 0, bytes: 0, sentBytes: 0, warnings: [] }) as never,
    });
    await run(activities, async (handle) => {
      await untilCalled(activities, 'copyVolume(final)');
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
      expect((await handle.describe()).status.name).toBe('CANCELLED');
    });
    expect(activities.calls).toContain('unquiesceSource');
    expect(activities.calls).not.toContain('startTarget');
    expect(activities.condition('Canceled')?.message).toContain('started again');
    expect(activities.condition('Canceling')).toBeUndefined();
    expect(activities.states.at(-1)).toBe('Canceled');
  });

  it('does not commit after a cancel that a step outran', async () => {
    const activities = new ScriptedActivities(final, {
      waitForRestore: async () => {
        await (hanging(() => undefined)(undefined as never) as Promise<void>).catch(() => undefined);
        return { items: 1, warnings: [] };
      },
    });
    await run(activities, async (handle) => {
      await untilCalled(activities, 'waitForRestore');
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
    });
    expect(activities.calls).not.toContain('startTarget');
    expect(activities.states.at(-1)).toBe('Canceled');
  });

  it('is not undone by a cancel after the commit point', async () => {
    let release: () => void = () => undefined;
    const activities = new ScriptedActivities(final, {
      waitForTarget: () =>
        new Promise((resolve) => {
          release = () => resolve({ unhealthy: [] });
        }),
    });
    await run(activities, async (handle) => {
      await untilCalled(activities, 'waitForTarget');
      await handle.cancel();
      release();
      await handle.result();
    });
    expect(activities.calls).not.toContain('unquiesceSource');
    expect(activities.condition('CancelIgnored')).toBeDefined();
  });
});

describe('recover', () => {
  it('brings the source back after the root workflow was terminated', async () => {
    // As it is: the calls of steps that are still open must not come after it.
    const activities = new ScriptedActivities(final, { createBackup: hanging(() => undefined), settleSteps });
    await run(activities, async (handle, client, ref) => {
      await untilCalled(activities, 'createBackup');
      await handle.terminate('test');
      await (await startRecovery(client, ref, 'Final')).result();
    });
    expect(activities.calls).toContain('settleSteps');
    expect(activities.calls.at(-3)).toBe('unquiesceSource');
    expect(activities.calls.slice(-2).sort()).toEqual(SIDE_BY_SIDE);
    expect(activities.condition('Failed')?.message).toContain('terminated');
    expect(activities.states.at(-1)).toBe('Failed');
  });
});
