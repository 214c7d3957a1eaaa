import { afterAll, beforeAll, describe, it } from 'vitest';
import {
  type ClusterProxies,
  startClusterProxies,
  stopClusterProxies,
} from '../../kit/faults/api-proxy/cluster-proxies.js';
import { faultSeed, seeded } from '../../kit/faults/api-proxy/seeded.js';
import { isShortForm } from '../../kit/faults/faults-form.js';
import { migrateThroughKills } from '../../kit/faults/kill-worker-at.js';
import { OwnSystem } from '../../kit/system/own-system.js';

const seed = faultSeed(isShortForm ? 765_271 : undefined);

let proxies: ClusterProxies;
let system: OwnSystem;

beforeAll(async () => {
  proxies = await startClusterProxies();
  system = await OwnSystem.start({ proxies });
});

afterAll(async () => {
  await system?.stop();
  await stopClusterProxies(proxies);
});

describe('a worker killed three times while three migrations are cut over', () => {
  it('is made up for by the next ones, and nothing is done twice', async ({ onTestFinished }) => {
    const way = { name: 'kill', migrations: 3, kills: 3, random: seeded(seed) };
    await migrateThroughKills({ system, proxies }, way, onTestFinished);
  });
});
