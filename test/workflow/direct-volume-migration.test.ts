import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { critical } from '../../resources/meta/findings.js';
import { COPIES_ONCE } from '../../resources/run/actions.js';
import type { RunRef, RunSummary } from '../../resources/run/run-record.js';
import { blocked } from '../../temporal/contract/messages.js';
import { migrationWorkflowId } from '../../temporal/contract/workflow-ids.js';
import { failing, hanging, ScriptedActivities } from '../kit/temporal/scripted-activities.js';
import { ScriptedWorker, startRecovery, untilCalled } from '../kit/temporal/scripted-worker.js';

let worker: ScriptedWorker;
let ref: RunRef;

beforeAll(async () => {
  worker = await ScriptedWorker.start();
});

afterAll(() => worker?.stop());

beforeEach(() => {
  const kind = 'DirectVolumeMigration';
  ref = { kind, namespace: 'openshift-migration', name: 'copy', uid: randomUUID(), attempt: 1 };
});

const summary = (run: RunSummary['ref']): RunSummary => ({
  ref: run,
  planUid: run.uid,
  planName: run.name,
  sourceCluster: 'source',
  targetCluster: 'target',
  itinerary: 'Final',
  does: COPIES_ONCE,
  verify: false,
  volumes: ['data', 'log'].map((claim) => ({ id: `shop/${claim}`, label: claim })),
  maxConcurrentVolumes: 16,
  warnings: [],
  patience: { pod: 1, copy: 1, quiesce: 1, backup: 1, restore: 1, start: 1, cleanup: 1 },
  title: 'shop',
});

const run = (activities: ScriptedActivities, drive: Parameters<ScriptedWorker['run']>[2]): Promise<unknown> =>
  worker.run(activities, { workflow: 'directVolumeMigration', input: { run: ref, itinerary: 'Stage' } }, drive);

const phases = (activities: ScriptedActivities): unknown[] => [
  ...new Set(activities.statuses.map(({ phase }) => phase)),
];

describe('a DirectVolumeMigration', () => {
  it('copies its volumes once, removes its helpers and touches nothing of the application', async () => {
    const activities = new ScriptedActivities(summary);
    await run(activities, (handle) => handle.result());
    const ofOneVolume = ['provisionTargetVolume', 'prepareVolume', 'copyVolume(pre-copy)', 'removeVolumeHelpers'];
    expect([...activities.calls].sort()).toEqual(
      [...ofOneVolume, ...ofOneVolume, 'sweepHelpers', 'settleTarget'].sort(),
    );
    expect(activities.calls.slice(-2)).toEqual(['sweepHelpers', 'settleTarget']);
    expect(activities.states).toEqual(['Succeeded']);
  });

  it("has MTC's phases and no pipeline", async () => {
    const activities = new ScriptedActivities(summary, {
      freezeVolumes: async (input: { run: RunRef }) => {
        await beating(expect.poll(() => phases(activities), { timeout: 45_000 }).toContain('Prepare'));
        return summary(input.run);
      },
    });
    await run(activities, (handle) => handle.result());
    expect(phases(activities)).toEqual(expect.arrayContaining(['Prepare', 'Completed']));
    expect(phases(activities)).not.toContain('WaitForDirectVolumeMigrationToComplete');
    expect(activities.lastStatus).toMatchObject({ phase: 'Completed', itinerary: 'VolumeMigration' });
    expect(activities.lastStatus).not.toHaveProperty('pipeline');
    expect(activities.condition('Succeeded')).toBeDefined();
  });

  it('shows what stands in its way until nothing does', async () => {
    const missing = critical('InvalidPVCs', undefined, 'Name the claims.');
    let fixed: () => void = () => undefined;
    const activities = new ScriptedActivities(summary, {
      freezeVolumes: async ({ run: asking }: { run: RunRef }) => {
        const root = Context.current().client.workflow.getHandle(migrationWorkflowId(asking));
        await root.signal(blocked, [missing]);
        await beating(new Promise<void>((resolve) => (fixed = resolve)));
        return summary(asking);
      },
    });
    await run(activities, async (handle) => {
      await expect.poll(() => activities.statuses.at(-1)?.conditions).toContainEqual(expect.objectContaining(missing));
      expect(activities.lastStatus.phase).toBe('Prepare');
      fixed();
      await handle.result();
    });
    expect(activities.condition('InvalidPVCs')).toBeUndefined();
    expect(activities.condition('Succeeded')).toBeDefined();
  });

  it('fails critically, with its helpers removed', async () => {
    const activities = new ScriptedActivities(summary, { copyVolume: failing('The volume is full') });
    await run(activities, async (handle) => {
      await expect(handle.result()).rejects.toThrow();
    });
    expect(activities.calls.at(-1)).toBe('sweepHelpers');
    expect(activities.calls).not.toContain('unquiesceSource');
    expect(activities.lastStatus).toMatchObject({ phase: 'Completed', itinerary: 'VolumeMigrationFailed' });
    expect(activities.condition('Failed')).toMatchObject({
      category: 'Critical',
      message: expect.stringContaining('The volume is full'),
    });
    expect(activities.states.at(-1)).toBe('Failed');
  });

  it('is unwound when it is cancelled in mid-copy', async () => {
    const activities = new ScriptedActivities(summary, { copyVolume: hanging(() => undefined) });
    await run(activities, async (handle) => {
      await untilCalled(activities, 'copyVolume(pre-copy)');
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
    });
    expect(activities.calls.at(-1)).toBe('sweepHelpers');
    expect(activities.condition('Canceled')).toBeDefined();
    expect(activities.states.at(-1)).toBe('Canceled');
  });

  it('is recovered after its workflow was terminated', async () => {
    const activities = new ScriptedActivities(summary, { copyVolume: hanging(() => undefined) });
    await run(activities, async (handle, client) => {
      await untilCalled(activities, 'copyVolume(pre-copy)');
      await handle.terminate('test');
      await (await startRecovery(client, ref, 'Stage')).result();
    });
    expect(activities.calls.slice(-2)).toEqual(['settleSteps', 'sweepHelpers']);
    expect(activities.lastStatus).toMatchObject({ phase: 'Completed', itinerary: 'VolumeMigrationFailed' });
    expect(activities.condition('Failed')?.message).toContain('terminated');
  });
});

/** Waits under a heartbeat, as activities do. */
async function beating(work: Promise<unknown>): Promise<void> {
  const timer = setInterval(() => Context.current().heartbeat(), 100);
  try {
    await work;
  } finally {
    clearInterval(timer);
  }
}
