import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { KubeObject } from '../resources/meta/kube-object.js';
import { startTemporaryStore, type TemporaryStore } from '../test/kit/postgres/temporary-store.js';
import type { MigrationStore } from './migration-store.js';

const actor = { name: 'alice' };
let temporary: TemporaryStore;
let store: MigrationStore;

beforeAll(async () => {
  temporary = await startTemporaryStore();
  store = temporary.store;
});

afterAll(() => temporary?.remove());

/** Each test has a namespace of its own. */
let namespace: string;
let tests = 0;
beforeEach(() => {
  namespace = `test-${++tests}`;
});

const hook = (name: string, extra: Partial<KubeObject> = {}): KubeObject => ({
  apiVersion: 'migration.openshift.io/v1alpha1',
  kind: 'MigHook',
  ...extra,
  metadata: { name, namespace, ...extra.metadata },
});
const key = (name: string, kind = 'MigHook') => ({ kind, namespace, name });
const create = (object: KubeObject) => store.resources.create(object, { actor });
const edit = (name: string, change: (object: KubeObject) => void, options = {}) =>
  store.resources.update(
    key(name),
    (current) => {
      change(current);
      return current;
    },
    { actor, ...options },
  );
const changesSince = (revision: string) => store.resources.changesAfter(revision, { namespace }, 1000);

describe('create', () => {
  it('gives uid, resourceVersion, creation time and generation, whatever the client sent', async () => {
    const sent = hook('one', {
      spec: { custom: true },
      metadata: { name: 'one', uid: 'mine', deletionTimestamp: 'now' },
    });
    const created = await create(sent);
    expect(created).toEqual({
      ...sent,
      metadata: {
        name: 'one',
        namespace,
        uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        generation: 1,
        creationTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        resourceVersion: expect.stringMatching(/^\d+$/),
      },
    });
    expect(await store.resources.get(key('one'))).toEqual(created);
  });

  it('refuses a name that is taken, also when ten try at once', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => create(hook('same'))));
    const failures = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(failures).toHaveLength(9);
    expect(failures.every(({ reason }) => reason.reason === 'AlreadyExists')).toBe(true);
  });

  it('tells kinds and namespaces apart', async () => {
    await create(hook('same'));
    await create({ ...hook('same'), kind: 'MigPlan' });
    await create({ ...hook('same'), metadata: { name: 'same', namespace: `${namespace}-b` } });
    expect(await store.resources.get(key('same', 'MigStorage'))).toBeUndefined();
  });

  it('refuses text that Postgres cannot hold', async () => {
    await expect(create(hook('nul', { spec: { image: 'a\u0000b' } }))).rejects.toMatchObject({ reason: 'Invalid' });
  });
});

describe('update', () => {
  it('counts generations for what is desired, not for metadata and status', async () => {
    await create(hook('one', { spec: { image: 'a' } }));
    const generationAfter = async (change: (object: KubeObject) => void) =>
      (await edit('one', change)).metadata.generation;
    expect(await generationAfter((it) => Object.assign(it, { status: { conditions: [] } }))).toBe(1);
    expect(await generationAfter((it) => Object.assign(it.metadata, { labels: { a: 'b' } }))).toBe(1);
    expect(await generationAfter((it) => Object.assign(it.spec, { image: 'b' }))).toBe(2);
  });

  it('writes nothing when nothing differs', async () => {
    const before = await create(hook('one', { spec: { b: 1, a: [{}] } }));
    const after = await store.resources.update(
      key('one'),
      ({ spec, ...rest }) => ({ spec: { a: [{}], b: 1, c: undefined }, ...rest }),
      { actor },
    );
    expect(after).toEqual(before);
    expect(await changesSince(before.metadata.resourceVersion ?? '')).toEqual([]);
  });

  it('keeps what only the system sets', async () => {
    const created = await create(hook('one'));
    const updated = await edit('one', (it) => {
      it.metadata = {
        name: 'one',
        namespace,
        generation: 9,
        creationTimestamp: 'x',
        deletionTimestamp: 'y',
        labels: { a: 'b' },
      };
    });
    const { resourceVersion, ...same } = created.metadata;
    expect(updated.metadata).toMatchObject({ ...same, labels: { a: 'b' } });
    expect(updated.metadata.deletionTimestamp).toBeUndefined();
    await expect(edit('one', (it) => Object.assign(it.metadata, { name: 'two' }))).rejects.toMatchObject({
      reason: 'Invalid',
    });
  });

  it('refuses an old resourceVersion, another uid and an absent object', async () => {
    const { resourceVersion } = (await create(hook('one'))).metadata;
    const label = (it: KubeObject) => Object.assign(it.metadata, { labels: { a: 'b' } });
    await edit('one', label, { resourceVersion });
    await expect(edit('one', () => undefined, { resourceVersion })).rejects.toMatchObject({ reason: 'Conflict' });
    await expect(edit('one', label, { uid: 'other' })).rejects.toMatchObject({ reason: 'Conflict' });
    await expect(edit('two', label)).rejects.toMatchObject({ reason: 'NotFound' });
  });

  it.each([
    ['a refusal', new Error('spec.image is required')],
    ['a failure of the network', Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })],
    ['what looks like a failure of the database', Object.assign(new Error('no'), { code: '57P01' })],
    ['words', 'connection terminated'],
  ])('passes on %s that the change throws, and stores nothing', async (_, thrown) => {
    const created = await create(hook('one'));
    await expect(
      edit('one', () => {
        throw thrown;
      }),
    ).rejects.toBe(thrown);
    expect(await store.resources.get(key('one'))).toEqual(created);
  });
});

describe('dry run', () => {
  it('answers as if, and leaves no trace', async () => {
    const before = await create(hook('one', { spec: { a: 1 } }));
    const revision = await store.resources.currentRevision();
    const dry = { actor, dryRun: true };
    expect((await store.resources.create(hook('two'), dry)).metadata.uid).toBeDefined();
    const updated = await edit('one', (it) => Object.assign(it.spec, { a: 2 }), dry);
    expect(updated.spec).toEqual({ a: 2 });
    expect(await store.resources.remove(key('one'), dry)).toBeDefined();
    await expect(store.resources.create(hook('one'), dry)).rejects.toMatchObject({ reason: 'AlreadyExists' });
    expect((await store.resources.list({ kind: 'MigHook', namespace })).items).toEqual([before]);
    expect(await store.resources.currentRevision()).toBe(revision);
  });
});

describe('remove', () => {
  it('removes at once without finalizers, and answers undefined for what is not there', async () => {
    const { resourceVersion } = (await create(hook('one'))).metadata;
    await expect(store.resources.remove(key('one'), { actor, uid: 'other' })).rejects.toMatchObject({
      reason: 'Conflict',
    });
    await store.resources.remove(key('one'), { actor, resourceVersion });
    expect(await store.resources.get(key('one'))).toBeUndefined();
    expect(await store.resources.remove(key('one'), { actor })).toBeUndefined();
  });

  it('waits for finalizers', async () => {
    const finalizers = ['a.example/one', 'a.example/two'];
    const { resourceVersion = '' } = (await create(hook('one', { metadata: { name: 'one', namespace, finalizers } })))
      .metadata;
    const marked = await store.resources.remove(key('one'), { actor });
    expect(marked?.metadata.deletionTimestamp).toMatch(/Z$/);
    expect(await store.resources.remove(key('one'), { actor })).toEqual(marked);
    await expect(edit('one', (it) => it.metadata.finalizers?.push('late'))).rejects.toMatchObject({
      reason: 'Invalid',
    });
    await edit('one', (it) => it.metadata.finalizers?.pop());
    expect(await store.resources.get(key('one'))).toMatchObject({ metadata: { finalizers: ['a.example/one'] } });
    await edit('one', (it) => Object.assign(it.metadata, { finalizers: [] }));
    expect(await store.resources.get(key('one'))).toBeUndefined();
    expect((await changesSince(resourceVersion)).map(({ type }) => type)).toEqual(['MODIFIED', 'MODIFIED', 'DELETED']);
  });
});

describe('list', () => {
  beforeEach(async () => {
    for (const name of ['d', 'B', 'a', 'e', 'c']) {
      await create(
        hook(name, { spec: { name }, metadata: { name, namespace, labels: { vowel: String('ae'.includes(name)) } } }),
      );
    }
  });
  const list = (query = {}) => store.resources.list({ kind: 'MigHook', namespace, ...query });
  const names = (items: KubeObject[]) => items.map(({ metadata }) => metadata.name).join('');

  it('answers everything in byte order, with the revision of the moment', async () => {
    const page = await list();
    expect(names(page.items)).toBe('Bacde');
    expect(page.resourceVersion).toBe(await store.resources.currentRevision());
    expect(page.continueToken).toBeUndefined();
  });

  it('selects by labels and fields', async () => {
    expect(names((await list({ labelSelector: 'vowel=true' })).items)).toBe('ae');
    expect(names((await list({ labelSelector: 'vowel notin (true)', fieldSelector: 'metadata.name!=c' })).items)).toBe(
      'Bd',
    );
    expect(names((await list({ fieldSelector: 'spec.name=d' })).items)).toBe('d');
    await expect(list({ labelSelector: 'a b c' })).rejects.toMatchObject({ reason: 'Invalid' });
  });

  it('pages, at the revision of the first page, whatever is written at the same time', async () => {
    const first = await list({ limit: 2 });
    expect(names(first.items)).toBe('Ba');
    expect(first.remaining).toBe(3);
    await create(hook('aa'));
    await store.resources.remove(key('a'), { actor });
    const second = await list({ limit: 2, continueToken: first.continueToken });
    expect(names(second.items)).toBe('aac');
    expect(second.resourceVersion).toBe(first.resourceVersion);
    const third = await list({ limit: 2, continueToken: second.continueToken });
    expect(names(third.items)).toBe('de');
    expect(third.continueToken).toBeUndefined();
    expect((await changesSince(first.resourceVersion)).map(({ type, name }) => `${type} ${name}`)).toEqual([
      'ADDED aa',
      'DELETED a',
    ]);
  });

  it('pages with a selector, without an empty last page', async () => {
    const first = await list({ limit: 1, labelSelector: 'vowel=true' });
    expect([names(first.items), first.remaining]).toEqual(['a', undefined]);
    const second = await list({ limit: 1, labelSelector: 'vowel=true', continueToken: first.continueToken });
    expect([names(second.items), second.continueToken]).toEqual(['e', undefined]);
  });

  it('refuses a token that is not ours', async () => {
    await expect(list({ continueToken: 'bm9uc2Vuc2U' })).rejects.toMatchObject({ reason: 'Invalid' });
  });

  it('lists over all namespaces', async () => {
    const { items } = await store.resources.list({ kind: 'MigHook', labelSelector: 'vowel' });
    expect(items.length).toBeGreaterThanOrEqual(5);
  });
});
