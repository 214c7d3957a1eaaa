import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMigration } from '../../../lab/client/migrations.js';
import { until } from '../../../lab/client/until.js';
import { issueToken, useToken } from '../../kit/cluster/cluster-token.js';
import {
  type ClusterProxies,
  meddleWithBoth,
  startClusterProxies,
  stopClusterProxies,
} from '../../kit/faults/api-proxy/cluster-proxies.js';
import { failing, forgettingThePast, shortWatches } from '../../kit/faults/api-proxy/disturbances.js';
import { faultSeed } from '../../kit/faults/api-proxy/seeded.js';
import { conditionOf, limitBandwidth, untilMidCopy } from '../../kit/system/mid-run.js';
import { OwnSystem } from '../../kit/system/own-system.js';
import { WholeMigration } from '../../kit/system/whole-migration.js';

const seed = faultSeed();

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

describe('API servers of which each tenth call fails, whose watches last 10 s and who forget the past', () => {
  it('delay a cutover and do not fail it', async ({ onTestFinished }) => {
    const migration = await WholeMigration.open(system, 'chaos');
    onTestFinished(() => migration.remove());
    const failures = failing(0.1, seed);
    const forgetting = forgettingThePast();
    onTestFinished(meddleWithBoth(proxies, [failures, forgetting, shortWatches(10)]));
    await migration.start();
    await migration.expectMovedOnce();
    expect(failures.failed).toBeGreaterThan(10);
    expect(forgetting.forgotten).toBeGreaterThan(0);
  });
});

describe('a token revoked in mid-copy', () => {
  it('holds a cutover up, which says so, until a new token is given', async ({ onTestFinished }) => {
    const migration = await WholeMigration.open(system, 'token');
    onTestFinished(() => migration.remove());
    const { namespace } = migration.scene;
    await limitBandwidth(system, 1_024);
    onTestFinished(() => limitBandwidth(system, -1));
    const [first, second] = [await issueToken(system.source), await issueToken(system.source)];
    onTestFinished(async () => {
      await Promise.all([first.revoke(), second.revoke()]);
    });
    await useToken(system, 'source', first);
    await migration.start();
    await untilMidCopy(system, namespace);
    await first.revoke();
    const waiting = await until(
      'the migration says what it waits for',
      async () => conditionOf(await readMigration(system.mtc, namespace), 'CredentialsRejected'),
      { seconds: 90, describe: async () => JSON.stringify((await readMigration(system.mtc, namespace))?.status) },
    );
    expect(waiting.message).toMatch(/token/);

    await useToken(system, 'source', second);
    await migration.expectMovedOnce();
    expect(conditionOf(await readMigration(system.mtc, namespace), 'CredentialsRejected')).toBeUndefined();
  });
});
