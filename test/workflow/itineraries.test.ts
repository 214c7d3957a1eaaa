import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunItinerary, RunRef, RunSummary } from '../../resources/run/run-record.js';
import { resume } from '../../temporal/contract/messages.js';
import { runSummary } from '../kit/fakes/run-summary.js';
import { failing, failingOnce, hanging, ScriptedActivities } from '../kit/temporal/scripted-activities.js';
import { ScriptedWorker, untilCalled } from '../kit/temporal/scripted-worker.js';

let worker: ScriptedWorker;

beforeAll(async () => {
  worker = await ScriptedWorker.start();
});

afterAll(() => worker?.stop());

type Drive = Parameters<ScriptedWorker['run']>[2];

/** Runs a migration to where `drive` lets it; by default to its good end. */
async function run(
  activities: ScriptedActivities,
  itinerary: RunItinerary,
  drive: Drive = (handle) => handle.result(),
): Promise<void> {
  const ref: RunRef = {
    kind: 'MigMigration',
    namespace: 'openshift-migration',
    name: 'run',
    uid: randomUUID(),
    attempt: 1,
  };
  await worker.run(activities, { workflow: 'migration', input: { run: ref, itinerary } }, drive);
}

const fails: Drive = async (handle) => {
  await expect(handle.result()).rejects.toThrow();
};

const cancelAfter =
  (activities: ScriptedActivities, call: string): Drive =>
  async (handle) => {
    await untilCalled(activities, call);
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow();
  };

const stateCutover = runSummary({ itinerary: 'State' });
const conversion = runSummary({ itinerary: 'Conversion' });
const hooks: RunSummary['hooks'] = (['PreBackup', 'PostBackup', 'PreRestore', 'PostRestore'] as const).map((phase) => ({
  phase,
  name: phase.toLowerCase(),
  cluster: 'source',
  onFailure: 'Fail',
}));

describe('a stage', () => {
  const stage = runSummary({ itinerary: 'Stage', quiescePods: false });

  it('that is canceled in its copy touches nothing of the application', async () => {
    const activities = new ScriptedActivities(stage, { copyVolume: hanging(() => undefined) });
    await run(activities, 'Stage', cancelAfter(activities, 'copyVolume(pre-copy)'));
    expect(activities.calls).not.toContain('unquiesceSource');
    expect(activities.calls).toContain('sweepHelpers');
    expect(activities.condition('Canceled')?.message).toContain('not touched');
  });

  it('that fails touches nothing of the application', async () => {
    const activities = new ScriptedActivities(stage, { copyVolume: failing('The volume is full') });
    await run(activities, 'Stage', fails);
    expect(activities.calls).not.toContain('unquiesceSource');
    expect(activities.condition('Failed')?.message).toContain('The volume is full');
  });
});

describe('a final migration that halts nothing', () => {
  it('is canceled before its commit point with nothing done to the source', async () => {
    const activities = new ScriptedActivities(runSummary({ quiescePods: false }), {
      copyVolume: hanging(() => undefined),
    });
    await run(activities, 'Final', cancelAfter(activities, 'copyVolume(pre-copy)'));
    expect(activities.calls).not.toContain('createRestore');
    expect(activities.calls).not.toContain('unquiesceSource');
    expect(activities.condition('Canceled')).toBeDefined();
  });
});

describe('a state migration', () => {
  it('without quiesce copies and touches nothing of the application', async () => {
    const activities = new ScriptedActivities(runSummary({ itinerary: 'State', quiescePods: false }));
    await run(activities, 'State');
    expect(activities.calls).toContain('copyVolume(pre-copy)');
    expect(activities.calls).not.toContain('quiesceApplications');
    expect(activities.lastStatus.pipeline.find(({ name }) => name === 'StageBackup')?.skipped).toBe(true);
  });

  it('with quiesce copies last after the last write and leaves the source down', async () => {
    const activities = new ScriptedActivities(stateCutover);
    await run(activities, 'State');
    const at = (call: string) => activities.calls.indexOf(call);
    expect(at('waitForQuiesce')).toBeLessThan(at('copyVolume(final)'));
    expect(activities.facts.commitPoint).toBeDefined();
    expect(activities.calls).not.toContain('unquiesceSource');
    expect(activities.calls).not.toContain('startTarget');
    expect(activities.calls).not.toContain('createBackup');
  });

  it('starts the source again when it was started while the last copy ran', async () => {
    const activities = new ScriptedActivities(stateCutover, { checkQuiesced: failing('Web was scaled up') });
    await run(activities, 'State', fails);
    const at = (call: string) => activities.calls.indexOf(call);
    expect(at('copyVolume(final)')).toBeLessThan(at('checkQuiesced'));
    expect(activities.facts.commitPoint).toBeUndefined();
    expect(activities.calls).toContain('unquiesceSource');
  });

  it('starts the source again when the last copy fails', async () => {
    const activities = new ScriptedActivities(stateCutover, { waitForQuiesce: failing('A pod does not end') });
    await run(activities, 'State', fails);
    expect(activities.calls).toContain('unquiesceSource');
    expect(activities.condition('Failed')?.message).toContain('started again');
  });

  it('starts the source again when it is canceled', async () => {
    const activities = new ScriptedActivities(stateCutover, { waitForQuiesce: hanging(() => undefined) });
    await run(activities, 'State', cancelAfter(activities, 'waitForQuiesce'));
    expect(activities.calls).toContain('unquiesceSource');
    expect(activities.condition('Canceled')).toBeDefined();
  });
});

describe('a storage class conversion', () => {
  it('gives the halted workloads their new claims before it starts them', async () => {
    const activities = new ScriptedActivities(conversion);
    await run(activities, 'State');
    const at = (call: string) => activities.calls.indexOf(call);
    expect(at('waitForQuiesce')).toBeLessThan(at('copyVolume(final)'));
    expect(at('copyVolume(final)')).toBeLessThan(at('swapClaims(forward)'));
    expect(at('swapClaims(forward)')).toBeLessThan(at('startConverted'));
    expect(at('startConverted')).toBeLessThan(at('confirmSourceRunning'));
    expect(activities.facts).toMatchObject({ quiesceOwed: true, swapOwed: true });
    expect(activities.lastStatus.pipeline.map(({ name }) => name)).toEqual([
      'Prepare',
      'StageBackup',
      'DirectVolume',
      'SwapPVCReferences',
      'Cleanup',
    ]);
  });

  it('swaps nothing when a workload was started while the last copy ran', async () => {
    const activities = new ScriptedActivities(conversion, { checkQuiesced: failing('Web was scaled up') });
    await run(activities, 'State', fails);
    expect(activities.calls).not.toContain('swapClaims(forward)');
    expect(activities.calls).toContain('unquiesceSource');
  });

  it('without quiesce only copies', async () => {
    const activities = new ScriptedActivities(runSummary({ itinerary: 'Conversion', quiescePods: false }));
    await run(activities, 'State');
    expect(activities.calls).not.toContain('swapClaims(forward)');
    expect(activities.condition('Succeeded')).toBeDefined();
  });

  it('swaps back before it starts the workloads again when it fails before the commit point', async () => {
    const activities = new ScriptedActivities(conversion, { startConverted: failing('Scaling was refused') });
    await run(activities, 'State', fails);
    const at = (call: string) => activities.calls.indexOf(call);
    expect(at('swapClaims(back)')).toBeGreaterThan(at('startConverted'));
    expect(at('unquiesceSource')).toBeGreaterThan(at('swapClaims(back)'));
  });

  it('swaps back when it is canceled in the swap', async () => {
    const activities = new ScriptedActivities(conversion, {
      swapClaims: (({ direction }: { direction: string }) =>
        direction === 'forward' ? hanging(() => undefined)(undefined as never) : { swapped: 1, warnings: [] }) as never,
    });
    await run(activities, 'State', cancelAfter(activities, 'swapClaims(forward)'));
    expect(activities.calls).toContain('swapClaims(back)');
    expect(activities.condition('Canceled')).toBeDefined();
  });

  it('stays on the new claims when it fails after the commit point', async () => {
    const activities = new ScriptedActivities(conversion, {
      startConverted: (() => {
        activities.facts.commitPoint = 'now';
        return failing('The second workload was refused')(undefined as never);
      }) as never,
    });
    await run(activities, 'State', fails);
    expect(activities.calls).not.toContain('swapClaims(back)');
    expect(activities.calls).not.toContain('unquiesceSource');
  });
});

describe('a rollback', () => {
  const summary = runSummary({ itinerary: 'Rollback', quiescePods: false });

  it('stops what is on the target before the source runs again', async () => {
    const activities = new ScriptedActivities(summary);
    await run(activities, 'Rollback');
    const { calls } = activities;
    expect(calls.slice(0, 4)).toEqual(['cancelOtherMigrations', 'sweepHelpers', 'settleTarget', 'haltTarget']);
    expect(calls.slice(4).sort()).toEqual(['confirmSourceRunning', 'removeMigrated', 'unquiesceSource']);
    expect(activities.condition('Succeeded')).toBeDefined();
  });

  it('gives converted workloads their former claims back', async () => {
    const activities = new ScriptedActivities(runSummary({ itinerary: 'Rollback', converted: true }));
    await run(activities, 'Rollback');
    const at = (call: string) => activities.calls.indexOf(call);
    expect(at('waitForQuiesce')).toBeLessThan(at('swapClaims(back)'));
    expect(at('swapClaims(back)')).toBeLessThan(at('removeMigrated'));
  });

  it('does not let the source wait for the removal', async () => {
    let sourceRuns: () => void = () => undefined;
    const seen = new Promise<void>((resolve) => {
      sourceRuns = resolve;
    });
    const activities = new ScriptedActivities(summary, {
      confirmSourceRunning: () => sourceRuns(),
      removeMigrated: async () => {
        await seen;
        return { removed: 1, kept: [], discarded: [] };
      },
    });
    await run(activities, 'Rollback');
    expect(activities.condition('Succeeded')).toBeDefined();
  });

  it('removes what is on the target although the source could not be started, and fails', async () => {
    const activities = new ScriptedActivities(summary, { confirmSourceRunning: failing('Pod web-0 does not start') });
    await run(activities, 'Rollback', fails);
    expect(activities.calls).toContain('removeMigrated');
    expect(activities.condition('Failed')?.message).toContain('Pod web-0 does not start');
  });

  it('starts the source although something could not be removed, and fails', async () => {
    const activities = new ScriptedActivities(summary, { removeMigrated: failing('A finalizer holds claim data') });
    await run(activities, 'Rollback', fails);
    expect(activities.calls).toContain('unquiesceSource');
    expect(activities.condition('Failed')?.message).toContain('A finalizer holds claim data');
    expect(activities.condition('Failed')?.message).toContain('rollback is not complete');
  });

  it('does not start the source while something runs on the target', async () => {
    const activities = new ScriptedActivities(summary, { haltTarget: failing('Pod web-0 does not end') });
    await run(activities, 'Rollback', fails);
    expect(activities.calls).not.toContain('unquiesceSource');
    expect(activities.calls).not.toContain('removeMigrated');
  });

  it('is not left half-way by a cancel', async () => {
    let release: () => void = () => undefined;
    const activities = new ScriptedActivities(summary, {
      haltTarget: () =>
        new Promise((resolve) => {
          release = () => resolve({ workloads: 1 });
        }),
    });
    await run(activities, 'Rollback', async (handle) => {
      await untilCalled(activities, 'haltTarget');
      await handle.cancel();
      release();
      await handle.result();
    });
    expect(activities.calls).toContain('unquiesceSource');
    expect(activities.condition('CancelIgnored')?.message).toContain('a rollback that ends half-way');
  });

  it('is canceled while it waits for its turn', async () => {
    const activities = new ScriptedActivities(summary, { waitForTurn: hanging(() => undefined) });
    await run(activities, 'Rollback', cancelAfter(activities, 'cancelOtherMigrations'));
    expect(activities.calls).not.toContain('haltTarget');
    expect(activities.condition('Canceled')).toBeDefined();
  });
});

describe('hooks', () => {
  it('run where their phases say', async () => {
    const activities = new ScriptedActivities(runSummary({ hooks }));
    await run(activities, 'Final');
    const at = (call: string) => activities.calls.indexOf(call);
    expect(at('copyVolume(pre-copy)')).toBeLessThan(at('startHook(PreBackup)'));
    expect(at('rehearseTarget')).toBeGreaterThan(at('copyVolume(pre-copy)'));
    expect(at('rehearseTarget')).toBeLessThan(at('startHook(PreBackup)'));
    // What an earlier attempt left and cannot be removed turns the run back before anything is halted.
    expect(at('removeLeftovers')).toBeGreaterThan(-1);
    expect(at('removeLeftovers')).toBeLessThan(at('rehearseTarget'));
    expect(activities.calls.filter((call) => call === 'rehearseTarget')).toHaveLength(1);
    expect(at('removeHook(PreBackup)')).toBeLessThan(at('quiesceApplications'));
    expect(at('copyVolume(final)')).toBeLessThan(at('startHook(PostBackup)'));
    expect(at('copyBackupToTarget')).toBeLessThan(at('startHook(PostBackup)'));
    expect(at('removeHook(PostBackup)')).toBeLessThan(at('startHook(PreRestore)'));
    expect(at('removeHook(PreRestore)')).toBeLessThan(at('createRestore'));
    expect(at('waitForTarget')).toBeLessThan(at('startHook(PostRestore)'));
    expect(activities.lastStatus.pipeline.map(({ name }) => name)).toEqual([
      'Prepare',
      'PreBackupHooks',
      'Backup',
      'StageBackup',
      'DirectVolume',
      'PostBackupHooks',
      'PreRestoreHooks',
      'Restore',
      'PostRestoreHooks',
      'Cleanup',
    ]);
  });

  it('that fail before the commit point bring the source back, with nothing of them left', async () => {
    const activities = new ScriptedActivities(runSummary({ hooks: hooks.slice(2, 3) }), {
      waitForHook: failing('The playbook failed'),
    });
    await run(activities, 'Final', fails);
    expect(activities.calls).toContain('removeHook(PreRestore)');
    expect(activities.calls).toContain('unquiesceSource');
    expect(activities.calls).not.toContain('createRestore');
    expect(activities.condition('Failed')?.message).toContain('The playbook failed');
  });

  it('that fail after the commit point leave the application on the target', async () => {
    const activities = new ScriptedActivities(runSummary({ hooks: hooks.slice(3) }), {
      waitForHook: failing('The playbook failed'),
    });
    await run(activities, 'Final', fails);
    expect(activities.calls).not.toContain('unquiesceSource');
    expect(activities.condition('Failed')?.message).toContain('source stays down');
  });

  it('that may fail become a warning', async () => {
    const mayFail = [{ phase: 'PreBackup', name: 'pre', cluster: 'source', onFailure: 'Ignore' }] as const;
    const activities = new ScriptedActivities(runSummary({ hooks: [...mayFail] }), {
      waitForHook: failing('The playbook failed'),
    });
    await run(activities, 'Final');
    expect(activities.condition('HookFailed')?.message).toContain('The playbook failed');
    expect(activities.states.at(-1)).toBe('SucceededWithWarnings');
  });

  it('that succeeded have succeeded although something of them is left', async () => {
    const activities = new ScriptedActivities(runSummary({ hooks: hooks.slice(1, 2) }), {
      removeHook: failing('A pod does not go'),
    });
    await run(activities, 'Final');
    const shown = activities.statuses.flatMap(({ conditions }) => conditions as { type: string; message: string }[]);
    expect(shown.find(({ type }) => type === 'HelpersLeft')?.message).toContain('A pod does not go');
    // Swept with the other helpers.
    expect(activities.states.at(-1)).toBe('Succeeded');
  });

  it('that succeeded leave what the sweep could not remove either to the operator', async () => {
    const activities = new ScriptedActivities(runSummary({ hooks: hooks.slice(1, 2) }), {
      removeHook: failing('A pod does not go'),
      sweepHelpers: failing('Nor now'),
    });
    await run(activities, 'Final');
    expect(activities.condition('HelpersLeft')?.message).toContain('Nor now');
    expect(activities.states.at(-1)).toBe('SucceededWithWarnings');
  });

  it('that failed have failed of their own cause, whatever is left of them', async () => {
    const activities = new ScriptedActivities(runSummary({ hooks: hooks.slice(1, 2) }), {
      waitForHook: failing('The playbook failed'),
      removeHook: failing('A pod does not go'),
    });
    await run(activities, 'Final', fails);
    expect(activities.condition('Failed')?.message).toContain('The playbook failed');
  });

  it('end when the migration is canceled', async () => {
    const activities = new ScriptedActivities(runSummary({ hooks: hooks.slice(1, 2) }), {
      waitForHook: hanging(() => undefined),
    });
    await run(activities, 'Final', cancelAfter(activities, 'waitForHook(PostBackup)'));
    expect(activities.calls).toContain('removeHook(PostBackup)');
    expect(activities.calls).toContain('unquiesceSource');
  });
});

describe('a final migration without quiesce', () => {
  const summary = runSummary({ quiescePods: false, hooks });

  it('copies once, with its hooks, and never halts the source', async () => {
    const activities = new ScriptedActivities(summary);
    await run(activities, 'Final');
    expect(activities.calls).not.toContain('quiesceApplications');
    expect(activities.calls.indexOf('startHook(PreRestore)')).toBeLessThan(activities.calls.indexOf('createRestore'));
    expect(activities.calls).toContain('startHook(PostRestore)');
  });

  it('leaves the source alone when it fails before the commit point', async () => {
    const activities = new ScriptedActivities(summary, { waitForBackup: failing('Velero is down') });
    await run(activities, 'Final', fails);
    expect(activities.condition('Failed')?.message).toContain('not touched');
  });

  it('says that the objects are on the target when it fails after the commit point', async () => {
    const activities = new ScriptedActivities(summary, { waitForRestore: failing('Velero is down') });
    await run(activities, 'Final', fails);
    expect(activities.facts.commitPoint).toBeDefined();
    expect(activities.calls).not.toContain('unquiesceSource');
    expect(activities.condition('Failed')?.message).toMatch(
      /objects were brought to the target.*source was not halted/,
    );
  });
});

describe('verification', () => {
  it('shows what is not healthy and fails nothing', async () => {
    const resources = { namespaces: [{ name: 'shop', workloads: [{ name: 'Pods', resources: ['web-0'] }] }] };
    const activities = new ScriptedActivities(runSummary({ verify: true }), {
      verifyTarget: () => ({ unhealthy: ['Pod shop/web-0: ImagePullBackOff'], resources }),
    });
    await run(activities, 'Final');
    expect(activities.lastStatus.unhealthyResources).toEqual(resources);
    expect(activities.condition('UnhealthyNamespaces')?.message).toContain('web-0');
    expect(activities.states.at(-1)).toBe('SucceededWithWarnings');
  });

  it.each([undefined, 60])('that cannot be made is a warning (pause limit %s)', async (pauseLimitSeconds) => {
    const activities = new ScriptedActivities(runSummary({ verify: true, pauseLimitSeconds }), {
      verifyTarget: failing('Pods may not be listed'),
    });
    await run(activities, 'Final');
    expect(activities.condition('VerificationNotMade')?.message).toContain('Pods may not be listed');
    expect(activities.lastStatus.pipeline.find(({ name }) => name === 'Verification')?.failed).toBe(true);
    expect(activities.calls).toContain('sweepHelpers');
    expect(activities.states.at(-1)).toBe('SucceededWithWarnings');
  });
});

describe('the start, before its commit point,', () => {
  const unreachable = () => {
    throw new Error('The webhook has no endpoints');
  };

  it.each([
    ['rehearseStart', 'startTarget', runSummary()],
    ['rehearseConverted', 'startConverted', conversion],
  ] as const)('is canceled while %s is tried again', async (rehearsal, start, summary) => {
    const activities = new ScriptedActivities(summary, { [rehearsal]: unreachable });
    await run(activities, 'Final', cancelAfter(activities, rehearsal));
    expect(activities.calls).not.toContain(start);
    expect(activities.calls).toContain('unquiesceSource');
    expect(activities.condition('Canceled')?.message).toContain('started again');
    expect(activities.states.at(-1)).toBe('Canceled');
  });

  it.each([
    ['rehearseStart', runSummary({ pauseLimitSeconds: 60 })],
    ['startTarget', runSummary({ pauseLimitSeconds: 60 })],
    ['startConverted', runSummary({ itinerary: 'Conversion', pauseLimitSeconds: 60 })],
  ] as const)('is canceled while it is paused by %s', async (activity, summary) => {
    const activities = new ScriptedActivities(summary, { [activity]: failing('Scaling was refused') });
    await run(activities, 'Final', async (handle) => {
      await expect.poll(() => activities.condition('Paused')?.message, { timeout: 45_000 }).toContain('Scaling');
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
      expect((await handle.describe()).status.name).toBe('CANCELLED');
    });
    expect(activities.calls).toContain('unquiesceSource');
    expect(activities.states.at(-1)).toBe('Canceled');
  });

  it('ends as failed when it is canceled behind it', async () => {
    const activities = new ScriptedActivities(runSummary({ pauseLimitSeconds: 60 }), {
      waitForTarget: failing('The target cannot be watched'),
    });
    await run(activities, 'Final', async (handle) => {
      await expect.poll(() => activities.condition('Paused')?.message, { timeout: 45_000 }).toContain('watched');
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
    });
    expect(activities.calls).not.toContain('unquiesceSource');
    expect(activities.states.at(-1)).toBe('Failed');
  });
});

describe('a migration that pauses on failure', () => {
  const paused = runSummary({ pauseLimitSeconds: 60 });
  const untilPaused = (activities: ScriptedActivities) =>
    expect.poll(() => activities.condition('Paused')?.message, { timeout: 45_000 }).toBeDefined();

  it('continues with the step that failed, the source still halted', async () => {
    const activities = new ScriptedActivities(paused, {
      createRestore: failingOnce('Quota exceeded', { restore: 'r' }),
    });
    await run(activities, 'Final', async (handle) => {
      await untilPaused(activities);
      expect(activities.condition('Paused')?.message).toMatch(/Quota exceeded.*has been down since/);
      await handle.signal(resume, 1);
      await handle.result();
    });
    expect(activities.calls.filter((call) => call === 'quiesceApplications')).toHaveLength(1);
    expect(activities.calls.filter((call) => call === 'copyVolume(final)')).toHaveLength(1);
    expect(activities.calls).not.toContain('unquiesceSource');
    expect(activities.condition('Paused')).toBeUndefined();
    expect(activities.condition('Succeeded')).toBeDefined();
    expect(activities.lastStatus.pipeline.find(({ name }) => name === 'Restore')?.failed).toBeFalsy();
  });

  it('continues once however often it is told', async () => {
    const activities = new ScriptedActivities(paused, {
      createRestore: failingOnce('Quota exceeded', { restore: 'r' }),
      startTarget: failing('Scaling was refused'),
    });
    await run(activities, 'Final', async (handle) => {
      await untilPaused(activities);
      await handle.signal(resume, 1);
      await handle.signal(resume, 1);
      await expect.poll(() => activities.condition('Paused')?.message, { timeout: 45_000 }).toContain('Scaling');
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
    });
    expect(activities.calls.filter((call) => call === 'startTarget')).toHaveLength(1);
    expect(activities.calls).toContain('unquiesceSource');
  });

  it('unwinds when it is canceled', async () => {
    const activities = new ScriptedActivities(paused, { waitForBackup: failing('Velero is down') });
    await run(activities, 'Final', async (handle) => {
      await untilPaused(activities);
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
    });
    expect(activities.calls).toContain('unquiesceSource');
    expect(activities.condition('Canceled')).toBeDefined();
    expect(activities.condition('Paused')).toBeUndefined();
  });

  it('unwinds when its limit is spent', async () => {
    const activities = new ScriptedActivities(runSummary({ pauseLimitSeconds: 1 }), {
      waitForBackup: failing('Velero is down'),
    });
    await run(activities, 'Final', fails);
    expect(activities.calls).toContain('unquiesceSource');
    expect(activities.condition('Failed')?.message).toContain('Velero is down');
  });
});

describe('a retry', () => {
  it('of what had passed its commit point continues there', async () => {
    const activities = new ScriptedActivities(runSummary({ resume: { backup: 'b' }, hooks: hooks.slice(3) }));
    Object.assign(activities.facts, { quiesceOwed: true, restoreOwed: true, commitPoint: 'before' });
    await run(activities, 'Final');
    expect(activities.calls).toEqual([
      'startTarget',
      'waitForTarget',
      'startHook(PostRestore)',
      'waitForHook(PostRestore)',
      'removeHook(PostRestore)',
      'sweepHelpers',
      'settleTarget',
    ]);
    expect(activities.lastStatus.pipeline.find(({ name }) => name === 'Backup')?.skipped).toBe(true);
  });

  it('restores what is still missing', async () => {
    const activities = new ScriptedActivities(runSummary({ resume: { backup: 'b', again: true } }));
    Object.assign(activities.facts, { quiesceOwed: true, restoreOwed: true, commitPoint: 'before' });
    await run(activities, 'Final');
    expect(activities.calls.slice(0, 3)).toEqual(['startTarget', 'waitForTarget', 'restoreAgain']);
  });

  it('of what had passed its commit point shows the step it continues with', async () => {
    const activities = new ScriptedActivities(runSummary({ resume: { backup: 'b' } }), {
      waitForTarget: async () => {
        await expect.poll(() => activities.lastStatus.phase).toBe('FinalRestoreCreated');
        return { unhealthy: [] };
      },
    });
    Object.assign(activities.facts, { quiesceOwed: true, restoreOwed: true, commitPoint: 'before' });
    await run(activities, 'Final');
    const shown = activities.lastStatus.pipeline.find(({ name }) => name === 'Restore');
    expect(shown).toMatchObject({ started: expect.any(String), completed: expect.any(String) });
  });

  it('of a final without quiesce restores again from its backup', async () => {
    const activities = new ScriptedActivities(runSummary({ quiescePods: false, resume: { backup: 'b' } }));
    Object.assign(activities.facts, { commitPoint: 'before' });
    await run(activities, 'Final');
    expect(activities.calls.slice(0, 2)).toEqual(['ensureBackupLocations', 'createRestore']);
    expect(activities.calls).not.toContain('createBackup');
  });

  it('of a conversion starts the workloads on their new claims', async () => {
    const activities = new ScriptedActivities(runSummary({ itinerary: 'Conversion', resume: {} }));
    Object.assign(activities.facts, { quiesceOwed: true, swapOwed: true, commitPoint: 'before' });
    await run(activities, 'State');
    expect(activities.calls[0]).toBe('startConverted');
  });

  it('never starts the source when it fails too', async () => {
    const activities = new ScriptedActivities(runSummary({ resume: { backup: 'b' } }), {
      startTarget: failing('Scaling was refused'),
    });
    Object.assign(activities.facts, { quiesceOwed: true, restoreOwed: true, commitPoint: 'before' });
    await run(activities, 'Final', fails);
    expect(activities.calls).not.toContain('unquiesceSource');
  });
});
