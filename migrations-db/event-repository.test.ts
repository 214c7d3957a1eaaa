import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTemporaryStore, type TemporaryStore } from '../test/kit/postgres/temporary-store.js';
import { Database } from './database.js';
import { removeOldEvents } from './housekeeping.js';
import type { MigrationStore } from './migration-store.js';

const namespace = 'openshift-migration';
let temporary: TemporaryStore;
let store: MigrationStore;

beforeAll(async () => {
  temporary = await startTemporaryStore();
  store = temporary.store;
});

afterAll(() => temporary?.remove());

const event = (uid: string, message = 'Copied 10 GiB') => ({
  about: { kind: 'MigMigration', namespace, name: 'm', uid },
  type: 'Normal' as const,
  reason: 'VolumeCopied',
  message,
});
const eventsAbout = async (uid: string) =>
  (await store.resources.list({ kind: 'Event', namespace, fieldSelector: `involvedObject.uid=${uid}` })).items;

describe('events', () => {
  it('count up when the same happens again, also at once', async () => {
    await Promise.all(Array.from({ length: 5 }, () => store.events.record(event('u-1'))));
    await store.events.record(event('u-1', 'Copied 20 GiB'));
    const events = await eventsAbout('u-1');
    expect(events.map(({ count, message }) => `${count} × ${message}`).sort()).toEqual([
      '1 × Copied 20 GiB',
      '5 × Copied 10 GiB',
    ]);
    expect(events[0]).toMatchObject({
      apiVersion: 'v1',
      kind: 'Event',
      involvedObject: {
        apiVersion: 'migration.openshift.io/v1alpha1',
        kind: 'MigMigration',
        namespace,
        name: 'm',
        uid: 'u-1',
      },
      type: 'Normal',
      reason: 'VolumeCopied',
    });
  });

  it('go after a week', async () => {
    await store.events.record(event('u-2'));
    const database = await Database.connect(temporary.databaseUrl);
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
    await removeOldEvents(database, store.resources, inDays(6));
    expect(await eventsAbout('u-2')).toHaveLength(1);
    await removeOldEvents(database, store.resources, inDays(8));
    await database.close();
    expect(await eventsAbout('u-2')).toEqual([]);
  });
});
