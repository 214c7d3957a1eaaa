import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withPulse } from '../../activities/kit/pulse.js';
import type { RunRef } from '../../resources/run/run-record.js';
import { runSummary } from '../kit/fakes/run-summary.js';
import { ScriptedActivities } from '../kit/temporal/scripted-activities.js';
import { ScriptedWorker } from '../kit/temporal/scripted-worker.js';

let worker: ScriptedWorker;
beforeAll(async () => {
  worker = await ScriptedWorker.start();
});
afterAll(() => worker?.stop());

it('is spent by a cluster that does not answer, in attempts that last no time', async () => {
  const wait = { waitingFor: 'the Backup to end', where: 'cluster source', patienceSeconds: 3 };
  const activities = new ScriptedActivities(runSummary(), {
    waitForBackup: () => withPulse(wait, () => Promise.reject(new Error('connect ECONNREFUSED'))),
  });
  const ref: RunRef = {
    kind: 'MigMigration',
    namespace: 'openshift-migration',
    name: 'cutover',
    uid: randomUUID(),
    attempt: 1,
  };
  await worker.run(activities, { workflow: 'migration', input: { run: ref, itinerary: 'Final' } }, async (handle) => {
    await expect(handle.result()).rejects.toThrow();
  });
  expect(activities.condition('Failed')?.message).toMatch(/Waited [4-9] s for the Backup to end.*ECONNREFUSED/);
});
