import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunRef } from '../resources/run/run-record.js';
import { refOf, runRecord } from '../test/kit/fakes/recorded-run.js';
import { startTemporaryStore, type TemporaryStore } from '../test/kit/postgres/temporary-store.js';

let temporary: TemporaryStore;
let count = 0;

beforeAll(async () => {
  temporary = await startTemporaryStore();
});
beforeEach(() => temporary.sql('DELETE FROM copy_places'));
afterAll(() => temporary?.remove());

async function newRun(): Promise<RunRef> {
  count += 1;
  const record = runRecord({
    migration: { kind: 'MigMigration', namespace: 'openshift-migration', name: `m-${count}`, uid: `uid-${count}` },
  });
  const ref = refOf(record);
  await temporary.store.runs.freeze({ ref, itinerary: 'Final', state: 'Running', workflowId: 'w' }, record);
  return ref;
}

const take = (run: RunRef, volumeId: string, { limit = 2, urgent = false, clusters = ['one', 'two'] } = {}) =>
  temporary.store.copyPlaces.take({ run, volumeId, clusters, urgent, limit });

describe('places of copies', () => {
  it('are never more than the limit, whoever asks at the same time', async () => {
    const another = await temporary.openAnother();
    const runs = await Promise.all([newRun(), newRun(), newRun()]);
    const wanted = runs.flatMap((run) => Array.from({ length: 10 }, (_, index) => ({ run, volumeId: `v-${index}` })));
    const all = wanted.map(({ run, volumeId }, index) =>
      [temporary.store, another][index % 2]?.copyPlaces.take({
        run,
        volumeId,
        clusters: ['one'],
        urgent: false,
        limit: 4,
      }),
    );
    expect((await Promise.all(all)).filter(Boolean)).toHaveLength(4);
  });

  it('are given to who came first, and kept when it is asked again', async () => {
    const [one, other] = [await newRun(), await newRun()];
    expect([await take(one, 'a'), await take(one, 'b'), await take(one, 'c'), await take(other, 'a')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(await take(one, 'a')).toBe(true);
    await temporary.store.copyPlaces.release(one, 'a');
    expect(await take(other, 'a')).toBe(false);
    expect(await take(one, 'c')).toBe(true);
  });

  it('are given to volumes of halted applications before all that wait', async () => {
    const [one, halted] = [await newRun(), await newRun()];
    for (const volume of ['a', 'b', 'c']) await take(one, volume);
    expect(await take(halted, 'a', { urgent: true })).toBe(false);
    await temporary.store.copyPlaces.release(one, 'a');
    expect(await take(one, 'c')).toBe(false);
    expect(await take(halted, 'a', { urgent: true })).toBe(true);
  });

  it('are held in both clusters or in none', async () => {
    const run = await newRun();
    await take(run, 'a', { clusters: ['one', 'two'], limit: 1 });
    expect(await take(run, 'b', { clusters: ['two', 'three'], limit: 1 })).toBe(false);
    const held = await temporary.sql<{ cluster: string }>(
      'SELECT cluster FROM copy_places WHERE held ORDER BY cluster',
    );
    expect(held.map(({ cluster }) => cluster)).toEqual(['one', 'two']);
  });

  it('of a run that has ended are free, whoever did not get to give them back', async () => {
    const [lost, next] = [await newRun(), await newRun()];
    await take(lost, 'a', { limit: 1 });
    expect(await take(next, 'a', { limit: 1 })).toBe(false);
    await temporary.store.runs.setState(lost, 'Failed');
    expect(await take(next, 'a', { limit: 1 })).toBe(true);
  });
});
