import { setTimeout as pause } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrationWorkflowId } from '../../../temporal/contract/workflow-ids.js';
import type { Activities } from '../../../workflows/kit/activities.js';
import { runSummary } from '../../kit/fakes/run-summary.js';
import { historyBytes, largestTaskBytes } from '../../kit/temporal/history-sizes.js';
import { expectSmall, manyVolumes, newRun } from '../../kit/temporal/many-volumes.js';
import { failing, ScriptedActivities } from '../../kit/temporal/scripted-activities.js';
import { ScriptedWorker } from '../../kit/temporal/scripted-worker.js';

const VOLUMES = 1_000;
const NAMESPACES = 100;
const AT_ONCE = 64;
const GIB = 1024 ** 3;

let worker: ScriptedWorker;

beforeAll(async () => {
  worker = await ScriptedWorker.start();
});

afterAll(() => worker?.stop());

/** Each run has a script of its own: the one that copies, or one of those that fail once their application is halted. */
function scripts(copying: { uid: string; activities: ScriptedActivities }) {
  const delays: number[] = [];
  const others = new Map<string, Activities>();
  const first = copying.activities.build();
  const ofOther = (uid: string): Activities => {
    const known = others.get(uid);
    if (known) return known;
    const made = new ScriptedActivities(runSummary({ itinerary: 'Final' }), {
      waitForBackup: failing('The backup failed.'),
      unquiesceSource: () => {
        delays.push(Date.now() - Context.current().info.currentAttemptScheduledTimestampMs);
        return { workloads: 1 };
      },
    }).build();
    others.set(uid, made);
    return made;
  };
  const build = (): Activities =>
    Object.fromEntries(
      Object.keys(first).map((name) => [
        name,
        (input: { run: { uid: string } }) => {
          const activities = input.run.uid === copying.uid ? first : ofOther(input.run.uid);
          return (activities[name as keyof Activities] as (input: unknown) => unknown)(input);
        },
      ]),
    ) as unknown as Activities;
  return { delays, build };
}

it('copies 1,000 volumes with the longest names within what Temporal and a worker take, and another plan unwinds at once', async () => {
  const run = newRun();
  const { activities, seen } = manyVolumes(VOLUMES, AT_ONCE, 'Stage', NAMESPACES);
  const { delays, build } = scripts({ uid: run.uid, activities });
  let copying = true;
  let memory = 0;
  const unwinds = async (client: Client): Promise<void> => {
    while (copying) {
      const other = { ...newRun(), name: 'other' };
      const input = { run: other, itinerary: 'Final' };
      const workflowId = migrationWorkflowId(other);
      await client.workflow
        .execute('migration', { workflowId, taskQueue: 'control', args: [input] })
        .catch(() => undefined);
      memory = Math.max(memory, process.memoryUsage().rss);
      await pause(500);
    }
  };
  const histories = await worker.run(
    { build } as ScriptedActivities,
    { workflow: 'migration', input: { run, itinerary: 'Stage' } },
    async (handle, client) => {
      const unwinding = unwinds(client);
      await handle.result();
      copying = false;
      await unwinding;
    },
  );
  delays.sort((one, other) => one - other);
  const p99 = delays[Math.ceil(delays.length * 0.99) - 1] ?? Number.POSITIVE_INFINITY;
  const largest = Math.max(...histories.map(historyBytes));
  const task = Math.max(...histories.map(largestTaskBytes));
  console.log({ memory, unwinds: delays.length, p99, largestHistory: largest, largestTask: task });
  expect(seen.copied).toBe(VOLUMES);
  expect(seen.most).toBeLessThanOrEqual(AT_ONCE);
  expectSmall(histories);
  // Of the test and its worker together.
  expect(memory).toBeLessThanOrEqual(GIB);
  expect(delays.length).toBeGreaterThan(5);
  expect(p99).toBeLessThanOrEqual(2_000);
}, 1_800_000);
