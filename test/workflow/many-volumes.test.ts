import { ApplicationFailure } from '@temporalio/activity';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { childInputs } from '../kit/temporal/history-sizes.js';
import { expectSmall, manyVolumes, newRun } from '../kit/temporal/many-volumes.js';
import { ScriptedWorker } from '../kit/temporal/scripted-worker.js';

let worker: ScriptedWorker;

beforeAll(async () => {
  worker = await ScriptedWorker.start();
});

afterAll(() => worker?.stop());

it('copies 150 volumes with the longest names, some at a time, in histories and tasks far below what Temporal takes', async () => {
  const { activities, seen } = manyVolumes(150, 16);
  const root = { workflow: 'migration', input: { run: newRun(), itinerary: 'Stage' } } as const;
  const histories = await worker.run(activities, root, (handle) => handle.result());

  expect(seen.copied).toBe(150);
  expect(seen.most).toBeLessThanOrEqual(16);
  expect(activities.condition('VolumeCopyWarnings')?.message).toContain('and 100 more');
  expectSmall(histories);
});

it('gives no child of a Final migration an input that grows with the number of volumes, but for the step that copies them', async () => {
  const { activities } = manyVolumes(30, 5, 'Final');
  const root = { workflow: 'migration', input: { run: newRun(), itinerary: 'Final' } } as const;
  const histories = await worker.run(activities, root, (handle) => handle.result());

  for (const history of histories) {
    for (const [type, { children, bytes }] of childInputs(history)) {
      if (type === 'directVolume') continue;
      expect(bytes / children, `input of ${type}`).toBeLessThan(4_096);
    }
  }
});

it('leaves the clusters alone while other migrations copy as many volumes as they may, and gives its place back when it is canceled', async () => {
  const VOLUMES = 3;
  const { activities, seen } = manyVolumes(VOLUMES, VOLUMES);
  let asked = 0;
  const left = new Set<string>();
  activities.amend({
    takeCopyPlace: () => {
      asked += 1;
      throw ApplicationFailure.create({ type: 'WaitsForPlace', message: 'Full.', nextRetryDelay: '50 milliseconds' });
    },
    leaveCopyPlace: ({ volume }: { volume: string }) => void left.add(volume),
  });
  const root = { workflow: 'migration', input: { run: newRun(), itinerary: 'Stage' } } as const;
  await worker.run(activities, root, async (handle) => {
    await expect.poll(() => asked, { timeout: 30_000 }).toBeGreaterThan(5 * VOLUMES);
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow();
  });
  expect(activities.calls.filter((call) => call.startsWith('provisionTargetVolume'))).toEqual([]);
  expect(seen.copied).toBe(0);
  expect(left.size).toBe(VOLUMES);
});
