#!/usr/bin/env node
import { Command } from 'commander';
import { processEnvironment } from '../config/process-environment.js';
import { readTemporalConfig } from '../config/read-config.js';
import { openTemporal } from '../temporal/open-temporal.js';
import { makeCurrent, moveRuns, readWorkerBuilds, type WorkerBuild } from '../temporal/worker-builds.js';

const STATES = { draining: 'runs that it began are open', drained: 'no run of it is open: its workers may be stopped' };

const stateOf = ({ current, tookOver, drainage }: WorkerBuild): string => {
  if (current) return 'current: gets new runs and all reconcilers';
  if (drainage !== undefined) return `${drainage}: ${STATES[drainage]}`;
  return tookOver ? 'former' : 'waits to be promoted';
};

/** `npm run worker-builds`: which builds of the worker Temporal knows, and which of them may be stopped. */
async function workerBuilds({ promote, moveRunsOf }: { promote?: string; moveRunsOf?: string }): Promise<void> {
  const { client, connection } = await openTemporal(readTemporalConfig(processEnvironment()));
  try {
    if (promote !== undefined) await makeCurrent(client, promote);
    if (moveRunsOf !== undefined) {
      for (const workflowId of await moveRuns(client, moveRunsOf)) console.log(`moved ${workflowId}`);
    }
    const known = await readWorkerBuilds(client);
    if (known === undefined) console.log('No worker with a version has polled yet.');
    for (const build of known?.builds ?? []) console.log(`${build.buildId}  ${stateOf(build)}`);
  } finally {
    await connection.close();
  }
}

const command = new Command()
  .name('worker-builds')
  .description('Lists the builds of the worker that Temporal knows')
  .option('--promote <build>', 'makes a build the current one first, e.g. an earlier one again')
  .option(
    '--move-runs-of <build>',
    'moves the open runs of a build whose workers are gone for good to the current one',
  );

try {
  await workerBuilds(command.parse().opts());
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
