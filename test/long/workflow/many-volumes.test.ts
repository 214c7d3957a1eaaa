import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectSmall, manyVolumes, newRun } from '../../kit/temporal/many-volumes.js';
import { ScriptedWorker } from '../../kit/temporal/scripted-worker.js';

let worker: ScriptedWorker;

beforeAll(async () => {
  worker = await ScriptedWorker.start();
});

afterAll(() => worker?.stop());

it('copies 1,000 volumes with the longest names in histories and tasks far below what Temporal takes', async () => {
  const { activities, seen } = manyVolumes(1_000, 64);
  const root = { workflow: 'migration', input: { run: newRun(), itinerary: 'Stage' } } as const;
  const histories = await worker.run(activities, root, (handle) => handle.result());
  expect(seen.copied).toBe(1_000);
  expect(seen.most).toBeLessThanOrEqual(64);
  expectSmall(histories);
}, 900_000);
