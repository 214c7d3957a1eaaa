import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  expectSuccess,
  type Migration,
  NAMESPACE,
  readMigration,
  startMigration,
} from '../../../lab/client/migrations.js';
import { helpersLeft } from '../../kit/cluster/helpers-left.js';
import { creationsOf } from '../../kit/cluster/run-creations.js';
import { TestApplication } from '../../kit/cluster/test-application.js';
import { cutApiServer, restoreApiServer } from '../../kit/faults/network-faults.js';
import { conditionOf, copiedPercent, limitBandwidth, untilMidCopy, untilOver } from '../../kit/system/mid-run.js';
import { OwnSystem } from '../../kit/system/own-system.js';

const MEGABYTES = 48;

let system: OwnSystem;
let application: TestApplication;

beforeAll(async () => {
  system = await OwnSystem.start();
  application = await TestApplication.deploy(system, 'outages', { megabytes: MEGABYTES });
});

afterAll(async () => {
  await restoreApiServer('source');
  await application?.remove();
  await system?.stop();
});

const ended = (name: string): Promise<Migration> => untilOver(system, name, 240);

async function untilCopying(name: string, seconds: number, spec: Record<string, unknown>): Promise<Migration> {
  await limitBandwidth(system, Math.floor((MEGABYTES * 1_024) / seconds));
  await application.rewrite();
  await startMigration(system.mtc, name, application.plan, spec);
  return untilMidCopy(system, name);
}

/** Nothing was made twice: in particular the copy was not started again. */
async function expectMadeOnce({ metadata }: Migration, since: Date): Promise<void> {
  const creations = await creationsOf(metadata.uid, since);
  expect(Object.keys(creations)).toContainEqual(expect.stringMatching(/^source pods .*rsync-client/));
  expect(Object.entries(creations).filter(([, times]) => times !== 1)).toEqual([]);
}

describe("the source's API server out of reach for 60 s", () => {
  it('does not stop the copy', async () => {
    const since = new Date();
    const migration = await untilCopying('api-path-cut', 100, { stage: true });
    const before = copiedPercent(migration) ?? 0;
    await cutApiServer('source');
    try {
      await pause(60_000);
    } finally {
      await restoreApiServer('source');
    }
    await pause(10_000);
    // Half of the minute at least, so that it cannot have been made up since.
    expect(copiedPercent(await readMigration(system.mtc, 'api-path-cut'))).toBeGreaterThan(before + 30);
    expectSuccess(await ended('api-path-cut'));
    await expectMadeOnce(migration, since);
  });
});

describe('the worker down', () => {
  it('for 3 minutes is made up for by the next one', async () => {
    const since = new Date();
    const migration = await untilCopying('worker-down', 20, { stage: true });
    await system.killWorker();
    await pause(180_000);
    await system.startWorker();
    expectSuccess(await ended('worker-down'));
    await expectMadeOnce(migration, since);
  });

  it('while a migration is canceled leaves the cancel to the next one', async () => {
    const before = await application.userState();
    const { metadata } = await untilCopying('worker-down-cancel', 20, { quiescePods: true });
    await system.killWorker();
    await system.mtc.run([
      ...['-n', NAMESPACE, 'patch', 'migmigration', metadata.name],
      ...['--type=merge', '-p', '{"spec":{"canceled":true}}'],
    ]);
    await system.startWorker();
    expect(conditionOf(await ended(metadata.name), 'Canceled')).toBeDefined();
    expect(await application.userState()).toEqual(before);
    expect(await helpersLeft(system, metadata.uid)).toEqual([]);
  });
});
