import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunRef } from '../resources/run/run-record.js';
import type { WaitRecord } from '../resources/run/waits.js';
import { startTemporaryStore, type TemporaryStore } from '../test/kit/postgres/temporary-store.js';
import type { MigrationStore } from './migration-store.js';

const key = { kind: 'MigMigration', namespace: 'openshift-migration', name: 'm' };
const actor = { name: 'alice' };
let temporary: TemporaryStore;
let store: MigrationStore;
let run: RunRef;

beforeAll(async () => {
  temporary = await startTemporaryStore();
  store = temporary.store;
});

afterAll(() => temporary?.remove());

beforeEach(async () => {
  await store.resources.remove(key, { actor });
  const { metadata } = await store.resources.create(
    { apiVersion: 'migration.openshift.io/v1alpha1', kind: key.kind, metadata: { ...key }, spec: {} },
    { actor },
  );
  run = { kind: 'MigMigration', namespace: key.namespace, name: key.name, uid: metadata.uid ?? '', attempt: 1 };
});

const write = (revision: number, status: Record<string, unknown>, ref = run) =>
  store.statuses.writeRunStatus(ref, revision, status);
const status = async () => (await store.resources.get(key))?.status;

describe('writeRunStatus', () => {
  it('drops what is older than the status written last, in whatever order writes arrive', async () => {
    expect(await write(2, { phase: 'Prepare' })).toBe(true);
    expect(await write(1, { phase: 'Created' })).toBe(false);
    expect(await status()).toEqual({ phase: 'Prepare' });
    const outcomes = await Promise.all([5, 3, 9, 4].map((revision) => write(revision, { phase: `phase-${revision}` })));
    expect(outcomes[2]).toBe(true);
    expect(await status()).toEqual({ phase: 'phase-9' });
  });

  it('takes a repeated write as done', async () => {
    await write(1, { phase: 'Prepare' });
    const before = await store.resources.currentRevision();
    expect(await write(1, { phase: 'Prepare' })).toBe(true);
    expect(await store.resources.currentRevision()).toBe(before);
  });

  it('starts again with the next attempt, whose predecessor writes no more', async () => {
    await write(7, { phase: 'Restore', pipeline: [{ name: 'Restore', progress: ['half'] }] });
    expect(await write(1, { pipeline: [{ name: 'Restore' }] }, { ...run, attempt: 2 })).toBe(true);
    expect(await write(8, { phase: 'Restore' })).toBe(false);
    expect(await status()).toEqual({ pipeline: [{ name: 'Restore' }] });
  });

  it('keeps what activities say of the copies of a DirectVolumeMigration', async () => {
    const operations = [{ currentAttempt: 2 }];
    await write(1, { phase: 'RunRsyncOperations', rsyncOperations: operations, errors: ['old'] });
    await write(2, { phase: 'Completed' });
    expect(await status()).toEqual({ phase: 'Completed', rsyncOperations: operations });
  });

  it('is for one uid: the same name made again is another migration', async () => {
    await store.resources.remove(key, { actor });
    await store.resources.create(
      { apiVersion: 'migration.openshift.io/v1alpha1', kind: key.kind, metadata: { ...key }, spec: {} },
      { actor },
    );
    expect(await write(1, { phase: 'Prepare' })).toBe(false);
    expect(await status()).toBeUndefined();
  });

  it('is seen by watchers, and starts no reconciliation', async () => {
    while (await store.outbox.drain(100, async () => undefined));
    const from = await store.resources.currentRevision();
    await write(1, { phase: 'Prepare' });
    const [change] = await store.resources.changesAfter(from, { kind: 'MigMigration' }, 10);
    expect(change).toMatchObject({
      type: 'MODIFIED',
      object: { status: { phase: 'Prepare' }, metadata: { generation: 1 } },
    });
    expect(await store.outbox.drain(100, async () => undefined)).toBe(0);
  });
});

describe('writeStepProgress', () => {
  const pipeline = (...entries: object[]) => ({ pipeline: entries });

  it('outlives the workflow’s writes, which know nothing of it', async () => {
    await write(1, pipeline({ name: 'DirectVolume', started: 's' }, { name: 'Restore' }));
    await store.statuses.writeStepProgress(run, 'DirectVolume', ['10 %']);
    await write(
      2,
      pipeline({ name: 'DirectVolume', started: 's', completed: 'c' }, { name: 'Restore', progress: ['own'] }),
    );
    expect(await status()).toEqual(
      pipeline(
        { name: 'DirectVolume', started: 's', completed: 'c', progress: ['10 %'] },
        { name: 'Restore', progress: ['own'] },
      ),
    );
  });

  it('is dropped for a step that is not there, another attempt and another uid', async () => {
    await store.statuses.writeStepProgress(run, 'DirectVolume', ['too early']);
    await write(1, pipeline({ name: 'DirectVolume' }));
    const before = await status();
    await store.statuses.writeStepProgress(run, 'Restore', ['x']);
    await store.statuses.writeStepProgress({ ...run, attempt: 2 }, 'DirectVolume', ['x']);
    await store.statuses.writeStepProgress({ ...run, uid: 'gone' }, 'DirectVolume', ['x']);
    expect(await status()).toEqual(before);
  });

  it('loses nothing when both write at once', async () => {
    await write(1, pipeline({ name: 'DirectVolume' }));
    await Promise.all([
      store.statuses.writeStepProgress(run, 'DirectVolume', ['50 %']),
      write(2, { phase: 'DirectVolume', ...pipeline({ name: 'DirectVolume' }) }),
    ]);
    expect(await status()).toEqual({
      phase: 'DirectVolume',
      ...pipeline({ name: 'DirectVolume', progress: ['50 %'] }),
    });
  });
});

describe('writeWait', () => {
  const pipeline = (...entries: object[]) => ({ pipeline: entries });
  const record = (title: string, since = '12:00:01Z') => ({ title, since, where: 'cluster source' });
  const line = (title: string, since = '12:00:01Z') => `Waiting since ${since}: ${title}, cluster source`;

  it('puts one line for each wait beside the progress of the step that is under way, and takes it away', async () => {
    await write(1, pipeline({ name: 'Prepare', started: 's', completed: 'c' }, { name: 'Restore', started: 's' }));
    const wait = (title: string, waiting: WaitRecord | undefined) =>
      store.statuses.writeWait(run, ['Prepare', 'Restore'], title, waiting);
    await wait('pods', record('pods'));
    await wait('Velero', record('Velero'));
    await wait('pods', record('pods', '12:00:09Z'));
    await store.statuses.writeStepProgress(run, 'Restore', ['10 %']);
    await write(2, pipeline({ name: 'Prepare', started: 's', completed: 'c' }, { name: 'Restore', started: 's' }));
    expect(await status()).toMatchObject(
      pipeline({}, { progress: ['10 %', line('Velero'), line('pods', '12:00:09Z')] }),
    );
    await wait('Velero', undefined);
    await wait('pods', undefined);
    expect((await status())?.pipeline[1]).toEqual({ name: 'Restore', started: 's', progress: ['10 %'] });
  });

  it('leaves nothing on a step that has ended, nor on one that has not begun', async () => {
    await write(1, pipeline({ name: 'Restore', started: 's' }, { name: 'Cleanup' }));
    await store.statuses.writeWait(run, [], 'pods', record('pods'));
    await store.statuses.writeWait(run, ['Cleanup'], 'helpers', record('helpers'));
    expect(await status()).toEqual(
      pipeline({ name: 'Restore', started: 's', progress: [line('pods')] }, { name: 'Cleanup' }),
    );
    await write(2, pipeline({ name: 'Restore', started: 's', completed: 'c' }, { name: 'Cleanup' }));
    expect(await status()).toEqual(pipeline({ name: 'Restore', started: 's', completed: 'c' }, { name: 'Cleanup' }));
  });

  it('stays a record whatever else writes the object, and is read as a line by whoever reads', async () => {
    await write(1, pipeline({ name: 'Restore', started: 's' }));
    const from = await store.resources.currentRevision();
    await store.statuses.writeWait(run, [], 'pods', record('pods'));
    const { metadata } = (await store.resources.get(key)) ?? {};
    const annotated = await store.resources.update(
      key,
      (current) => ({ ...current, metadata: { ...current.metadata, annotations: { note: 'x' } } }),
      { actor, uid: metadata?.uid },
    );
    const expected = pipeline({ name: 'Restore', started: 's', progress: [line('pods')] });
    expect(annotated.status).toEqual(expected);
    expect((await store.resources.list({ kind: key.kind })).items[0]?.status).toEqual(expected);
    const changes = await store.resources.changesAfter(from, { kind: key.kind }, 10);
    expect(changes.map(({ object }) => object.status)).toEqual([expected, expected]);
    await store.statuses.writeWait(run, [], 'pods', undefined);
    expect(await status()).toEqual(pipeline({ name: 'Restore', started: 's' }));
  });
});
