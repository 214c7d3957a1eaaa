import { afterAll, beforeAll, expect, it } from 'vitest';
import { refOf, runRecord } from '../test/kit/fakes/recorded-run.js';
import { startTemporaryStore, type TemporaryStore } from '../test/kit/postgres/temporary-store.js';
import { SYSTEM_ACTOR } from './migration-store.js';

let temporary: TemporaryStore;
beforeAll(async () => {
  temporary = await startTemporaryStore();
});
afterAll(() => temporary?.remove());

it('operators are told how many runs wait for them, how long applications are down, and what Temporal has not heard', async () => {
  const { store, sql } = temporary;
  const started = new Date(Date.now() - 60_000).toISOString();
  for (const [name, status] of [
    ['waits', { conditions: [{ type: 'CredentialsRejected', reason: 'NeedsAttention' }], downSince: started }],
    ['runs', { conditions: [{ type: 'Running' }] }],
    ['has-ended', { conditions: [{ type: 'Paused' }], downSince: started }],
  ] as const) {
    const apiVersion = 'migration.openshift.io/v1alpha1';
    const object = { apiVersion, kind: 'MigMigration', metadata: { name, namespace: 'openshift-migration' }, spec: {} };
    const { metadata } = await store.resources.create({ ...object, status }, { actor: SYSTEM_ACTOR });
    const migration = {
      kind: 'MigMigration',
      namespace: 'openshift-migration',
      name,
      uid: metadata.uid ?? '',
    } as const;
    const record = runRecord({ migration });
    const ref = refOf(record);
    await store.runs.freeze({ ref, itinerary: 'Final', state: 'Running', workflowId: name }, record);
    await sql('UPDATE resources SET object = jsonb_set(object, $1, $2) WHERE uid = $3', [
      '{status}',
      JSON.stringify(status),
      ref.uid,
    ]);
    const place = { run: ref, clusters: ['a', 'b'], urgent: false, limit: 1 };
    await store.copyPlaces.take({ ...place, volumeId: 'shop/data' });
    if (name === 'has-ended') await store.runs.setState(ref, 'Failed');
  }
  await sql("UPDATE outbox SET written_at = now() - interval '30 seconds'");
  const figures = await store.figures();
  expect(figures).toMatchObject({ runsOpen: 2, runsHeldUp: 1, runsDown: 1, copiesRunning: 1, copiesWaiting: 1 });
  expect(figures.outboxMessages).toBe(3);
  expect(figures.outboxAgeSeconds).toBeGreaterThanOrEqual(30);
  expect(figures.longestDowntimeSeconds).toBeGreaterThanOrEqual(59);
  await store.outbox.drain(10, async () => undefined);
  expect(await store.figures()).toMatchObject({ outboxMessages: 0, outboxAgeSeconds: 0 });
});
