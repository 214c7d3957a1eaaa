import { afterAll, beforeAll, describe, it } from 'vitest';
import {
  type ClusterProxies,
  meddleWithBoth,
  startClusterProxies,
  stopClusterProxies,
} from '../../kit/faults/api-proxy/cluster-proxies.js';
import { slow } from '../../kit/faults/api-proxy/disturbances.js';
import { cancelRollbackIn, ROLLBACK_STEPS, STOPS, stopIn } from '../../kit/faults/matrix/stop.js';
import { limitBandwidth } from '../../kit/system/mid-run.js';
import { OwnSystem } from '../../kit/system/own-system.js';

/** So that every step takes longer than it takes to see it begin. */
const CALL_MILLISECONDS = 150;

let proxies: ClusterProxies;
let system: OwnSystem;

beforeAll(async () => {
  proxies = await startClusterProxies();
  system = await OwnSystem.start({ proxies });
  await limitBandwidth(system, 2_048);
  meddleWithBoth(proxies, [slow(CALL_MILLISECONDS)]);
});

afterAll(async () => {
  await system?.stop();
  await stopClusterProxies(proxies);
});

describe.concurrent('a migration stopped in a step', () => {
  it.for(STOPS)('$way: $stop in $step', async (stop, { onTestFinished }) => {
    await stopIn(system, stop, onTestFinished);
  });
});

describe.concurrent('a rollback canceled in a step', () => {
  it.for(ROLLBACK_STEPS)('%s', async (step, { onTestFinished }) => {
    await cancelRollbackIn(system, step, onTestFinished);
  });
});
