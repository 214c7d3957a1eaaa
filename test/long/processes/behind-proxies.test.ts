import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMigration } from '../../../lab/client/migrations.js';
import {
  type ClusterProxies,
  startClusterProxies,
  stopClusterProxies,
} from '../../kit/faults/api-proxy/cluster-proxies.js';
import { faultSeed, seeded } from '../../kit/faults/api-proxy/seeded.js';
import { migrateThroughKills } from '../../kit/faults/kill-worker-at.js';
import { limitBandwidth, untilMidCopy } from '../../kit/system/mid-run.js';
import { OwnSystem } from '../../kit/system/own-system.js';
import { WholeMigration } from '../../kit/system/whole-migration.js';

const TIMES = 12;
const random = seeded(faultSeed());

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

describe('a worker killed at one mutation of a cutover', () => {
  it.for(Array.from({ length: TIMES }, (_, index) => index + 1))(
    'is made up for by the next one, and nothing is done twice (%i)',
    async (number, { onTestFinished }) => {
      // Each in its own part of the way.
      const where = [(number - 1 + random()) / TIMES];
      const next = (): number => where.shift() ?? random();
      const way = { name: `kill-${number}`, migrations: 1, kills: 1, random: next };
      await migrateThroughKills({ system, proxies }, way, onTestFinished);
    },
  );
});

describe.each(['source', 'target'] as const)('the API server of the %s gone for 60 s', (side) => {
  it('in mid-copy delays a cutover and does not fail it', async ({ onTestFinished }) => {
    await limitBandwidth(system, 512);
    onTestFinished(() => limitBandwidth(system, -1));
    const migration = await WholeMigration.open(system, `gone-${side}`);
    onTestFinished(() => migration.remove());
    await migration.start();
    await untilMidCopy(system, migration.scene.namespace);
    await proxies[side].goAway();
    await pause(60_000);
    expect((await readMigration(system.mtc, migration.scene.namespace))?.status?.phase).not.toBe('Completed');
    await proxies[side].comeBack();
    await migration.expectMovedOnce(300);
  });
});
