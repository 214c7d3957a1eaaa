import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectSuccess, type Migration, readMigration, startMigration } from '../../../lab/client/migrations.js';
import { until } from '../../../lab/client/until.js';
import { restartTemporal, withoutPostgres } from '../../kit/cluster/platform.js';
import { creationsOf } from '../../kit/cluster/run-creations.js';
import { TestApplication } from '../../kit/cluster/test-application.js';
import { copiedPercent, limitBandwidth, untilMidCopy, untilOver } from '../../kit/system/mid-run.js';
import { OwnSystem } from '../../kit/system/own-system.js';

const MEGABYTES = 40;

let system: OwnSystem;
let application: TestApplication;

beforeAll(async () => {
  system = await OwnSystem.start();
  application = await TestApplication.deploy(system, 'interrupted', { megabytes: MEGABYTES });
});

afterAll(async () => {
  await application?.remove();
  await system?.stop();
});

const ended = (name: string): Promise<Migration> => untilOver(system, name, 120);

/** Starts a migration whose copy takes that long at least, and waits until it is in the middle of it. */
async function untilCopying(name: string, seconds: number, spec: Record<string, unknown>): Promise<Migration> {
  await limitBandwidth(system, Math.floor((MEGABYTES * 1_024) / seconds));
  await application.rewrite();
  await startMigration(system.mtc, name, application.plan, spec);
  return untilMidCopy(system, name);
}

describe('a stage in mid-copy', () => {
  it('completes after the API was killed', async () => {
    await untilCopying('api-killed', 6, { stage: true });
    await system.killApi();
    await system.startApi();
    expectSuccess(await ended('api-killed'));
  });

  it('completes after Temporal was killed', async () => {
    await untilCopying('temporal-killed', 6, { stage: true });
    await restartTemporal(system);
    expectSuccess(await ended('temporal-killed'));
  });

  it('completes although Postgres was away for 30 s', async () => {
    await untilCopying('postgres-away', 8, { stage: true });
    await withoutPostgres(system, async () => {
      const refusal = expect(system.mtc.run(['get', 'migmigrations', '-A'])).rejects.toThrow('(ServiceUnavailable)');
      await Promise.all([refusal, pause(30_000)]);
    });
    expectSuccess(await ended('postgres-away'));
  });
});

describe('a cutover in mid-copy', () => {
  it('continues within 10 s of the worker that follows a killed one, and makes nothing twice', async () => {
    const since = new Date();
    const { metadata } = await untilCopying('worker-killed', 20, { quiescePods: true });
    const checksums = await application.checksums(system.source);
    await system.killWorker();
    const before = copiedPercent(await readMigration(system.mtc, metadata.name)) ?? 0;
    await system.startWorker();
    const polling = await until('the new worker polls', () => system.workerPolling(), { seconds: 30 });
    const seen = await until(
      'the copy is seen to continue',
      async () => {
        const percent = copiedPercent(await readMigration(system.mtc, metadata.name)) ?? 0;
        return percent > before ? new Date() : undefined;
      },
      { seconds: 30 },
    );
    expect(seen.getTime() - polling.getTime()).toBeLessThan(10_000);

    expectSuccess(await ended(metadata.name));
    expect(await application.checksums(system.target)).toBe(checksums);
    const creations = await creationsOf(metadata.uid, since);
    expect(Object.values(creations).filter((times) => times !== 1)).toEqual([]);
    // Two sets of keys, a server, a client for each pass, their service; Backup on both sides, Restore and its modifiers.
    expect(Object.keys(creations).filter((name) => !name.includes(' endpoint'))).toHaveLength(10);
  });
});
