import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hook, plan } from './manifests.js';
import { KINDS_PATH, NAMESPACE, OBJECTS_PATH, TestApi } from './test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start();
});
afterAll(() => api?.close());

const PLANS = `${OBJECTS_PATH}/migplans`;
const TABLE = { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };

const currentRevision = async (): Promise<string> => (await api.request('GET', PLANS)).body.metadata.resourceVersion;

describe('a watch', () => {
  it('misses nothing and sees no revision out of order while 50 clients write at once', async () => {
    const watch = await api.watch(`${PLANS}?watch=true&resourceVersion=${await currentRevision()}`);
    const written = new Map<string, string[]>();
    const clients = Array.from({ length: 50 }, async (_, client) => {
      const name = `busy-${client}`;
      const revisions: string[] = [];
      written.set(name, revisions);
      const answers = [
        await api.create('migplans', plan(name)),
        await api.patch('migplans', name, { spec: { namespaces: ['a'] } }),
        await api.patch('migplans', name, { metadata: { labels: { round: '2' } } }),
      ];
      revisions.push(...answers.map(({ body }) => body.metadata.resourceVersion));
      await api.request('DELETE', `${PLANS}/${name}`);
    });
    await Promise.all(clients);
    await vi.waitFor(() => expect(watch.events).toHaveLength(200), { timeout: 20_000 });
    watch.stop();

    const revisions = watch.events.map(({ object }) => BigInt(object.metadata.resourceVersion ?? 0));
    expect(revisions).toEqual([...revisions].sort((a, b) => (a < b ? -1 : 1)));
    expect(new Set(revisions).size).toBe(200);
    for (const [name, expected] of written) {
      const seen = watch.events.filter(({ object }) => object.metadata.name === name);
      expect(seen.map(({ type }) => type)).toEqual(['ADDED', 'MODIFIED', 'MODIFIED', 'DELETED']);
      expect(seen.slice(0, 3).map(({ object }) => object.metadata.resourceVersion)).toEqual(expected);
    }
  });

  it('begins with what there is when no revision is named', async () => {
    await api.create('migplans', plan('there'));
    const watch = await api.watch(`${KINDS_PATH}/migplans?watch=true`);
    await vi.waitFor(() => expect(watch.events).toHaveLength(1));
    watch.stop();
    expect(watch.events[0]).toMatchObject({ type: 'ADDED', object: { kind: 'MigPlan', metadata: { name: 'there' } } });
  });

  it('marks the end of the initial events when asked to send them', async () => {
    const query = 'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
    const watch = await api.watch(`${PLANS}?${query}`);
    await vi.waitFor(() => expect(watch.events).toHaveLength(2));
    watch.stop();
    const { object } = watch.events[1] ?? {};
    expect(watch.events[1]?.type).toBe('BOOKMARK');
    expect(object?.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
    expect(object?.metadata.resourceVersion).toBe(await currentRevision());
    expect((await api.request('GET', `${PLANS}?watch=true&sendInitialEvents=true`)).code).toBe(422);
  });

  it('tells of objects that enter and leave its selectors', async () => {
    await api.create('migplans', plan('wandering'));
    const watch = await api.watch(`${PLANS}?watch=true&labelSelector=team&resourceVersion=${await currentRevision()}`);
    const single = await api.watch(`${PLANS}?watch=true&fieldSelector=metadata.name%3Dwandering`);
    const label = (team: string | null) => api.patch('migplans', 'wandering', { metadata: { labels: { team } } });
    await label('a');
    await label('b');
    const { body: left } = await label(null);
    await label(null);
    await api.create('migplans', plan('elsewhere'));
    await vi.waitFor(() => expect(watch.events).toHaveLength(3));
    await vi.waitFor(() => expect(single.events).toHaveLength(4));
    watch.stop();
    single.stop();
    expect(watch.events.map(({ type }) => type)).toEqual(['ADDED', 'MODIFIED', 'DELETED']);
    expect(watch.events[2]?.object.metadata).toMatchObject({
      labels: { team: 'b' },
      resourceVersion: left.metadata.resourceVersion,
    });
    expect(single.events.map(({ type }) => type)).toEqual(['ADDED', 'MODIFIED', 'MODIFIED', 'MODIFIED']);
  });

  it('sends rows to those who print, the columns once', async () => {
    const after = await currentRevision();
    const response = await api.fetch(`${PLANS}?watch=true&resourceVersion=${after}`, { headers: TABLE });
    await api.create('migplans', plan('row'));
    await api.patch('migplans', 'row', { spec: { closed: true } });
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += new TextDecoder().decode(chunk);
      if (text.split('\n').length === 3) break;
    }
    const [first, second] = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(first).toMatchObject({
      type: 'ADDED',
      object: { kind: 'Table', rows: [{ cells: ['row', '', '', '', '', '0s', 'shop', ''] }] },
    });
    expect(first.object.columnDefinitions[0]).toMatchObject({ name: 'Name', format: 'name' });
    expect(second.object.columnDefinitions).toEqual([]);
  });

  it('ends after its time', async () => {
    const response = await api.fetch(`${PLANS}?watch=true&timeoutSeconds=1&resourceVersion=${await currentRevision()}`);
    expect(await response.text()).toBe('');
  });

  it('is refused where it cannot begin', async () => {
    expect((await api.request('GET', `${PLANS}?watch=true&resourceVersion=x`)).code).toBe(400);
    expect((await api.request('GET', `${PLANS}?watch=true&resourceVersion=999999`)).body).toMatchObject({
      code: 410,
      reason: 'Expired',
    });
    await api.sql('UPDATE revision SET compacted_to = value');
    const compacted = await api.request('GET', `${PLANS}?watch=true&resourceVersion=1`);
    expect(compacted.body).toMatchObject({ kind: 'Status', code: 410, reason: 'Expired' });
  });
});

describe('a list', () => {
  it('is of one moment, in pages', async () => {
    for (const name of ['page-a', 'page-b', 'page-c']) await api.create('mighooks', hook(name));
    const hooks = `${OBJECTS_PATH}/mighooks`;
    const { body: first } = await api.request('GET', `${hooks}?limit=2`);
    expect(first.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)).toEqual([
      'page-a',
      'page-b',
    ]);
    expect(first.metadata.remainingItemCount).toBe(1);
    const { body: last } = await api.request(
      'GET',
      `${hooks}?limit=2&continue=${encodeURIComponent(first.metadata.continue)}`,
    );
    expect(last.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)).toEqual(['page-c']);
    expect(last.metadata.continue).toBeUndefined();
  });

  it('can be a table, or YAML', async () => {
    const table = await api.request('GET', `${OBJECTS_PATH}/mighooks/page-a`, undefined, TABLE);
    expect(table.body).toMatchObject({ kind: 'Table', rows: [{ object: { kind: 'PartialObjectMetadata' } }] });
    const yaml = await api.request('GET', `${OBJECTS_PATH}/mighooks/page-a`, undefined, { Accept: 'application/yaml' });
    expect(yaml.body).toContain('\nkind: MigHook\n');
  });

  it('can be deleted by selector', async () => {
    await api.patch('mighooks', 'page-b', { metadata: { labels: { keep: 'yes' } } });
    await api.request('DELETE', `${OBJECTS_PATH}/mighooks?labelSelector=!keep`);
    const { body } = await api.request('GET', `${OBJECTS_PATH}/mighooks`);
    expect(body.items).toHaveLength(1);
    expect(body.items[0]).toMatchObject({ metadata: { name: 'page-b', namespace: NAMESPACE } });
  });

  it('makes up names that are asked for', async () => {
    const { body } = await api.create('mighooks', { ...hook(''), metadata: { generateName: 'warm-up-' } });
    expect(body.metadata.name).toMatch(/^warm-up-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });
});
