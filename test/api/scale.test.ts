import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DrainedList, ListClients } from '../kit/list-clients.js';
import { slownessFromNow } from '../kit/machine-share.js';
import { seedMigrations } from '../kit/postgres/seed-migrations.js';
import type { WatchClients } from '../kit/watch-clients.js';
import { hook, plan } from './manifests.js';
import { KINDS_PATH, NAMESPACE, OBJECTS_PATH, TestApi } from './test-api.js';

const PLANS = 2_000;
const MIGRATIONS = 20_000;
const MARK = '"kind":"MigMigration"';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start();
  await seedMigrations(api, { plans: PLANS, migrations: MIGRATIONS });
});
afterAll(() => api?.close());

/** What came of it, and the milliseconds it would have taken with the machine to itself. */
async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const slow = slownessFromNow();
  const began = performance.now();
  const result = await work();
  return [result, (performance.now() - began) / slow()];
}

/** By how much the use of memory grows while something is done, in MB: that of this thread, in which the service runs. */
async function peakMemory(work: () => Promise<unknown>): Promise<number> {
  const used = (): number => {
    const { heapUsed, external } = process.memoryUsage();
    return (heapUsed + external) / 1e6;
  };
  const before = used();
  let peak = 0;
  const look = (): void => {
    peak = Math.max(peak, used() - before);
  };
  const timer = setInterval(look, 20);
  await work().finally(() => clearInterval(timer));
  return peak;
}

describe('with 20,000 migrations', () => {
  it.each([
    ['label', 'labelSelector=number%3D77', 1],
    ['field', 'fieldSelector=spec.migPlanRef.name%3Dplan-12', 10],
    ['name', 'fieldSelector=metadata.name%3Drun-12', 1],
  ])('a list by %s answers within 50 ms, and the first event of such a watch', async (_, selector, count) => {
    const path = `${KINDS_PATH}/migmigrations?${selector}`;
    const times: number[] = [];
    while (times.length < 5 || (Math.min(...times) >= 50 && times.length < 20)) {
      const [{ body }, milliseconds] = await timed(() => api.request('GET', path));
      expect(body.items).toHaveLength(count);
      times.push(milliseconds);
    }
    expect(Math.min(...times)).toBeLessThan(50);
    const watch = await api.watch(`${path}&watch=true`);
    await vi.waitFor(() => expect(watch.events).toHaveLength(count));
    watch.stop();
  });

  it('a plan with 10 of them is deleted within 200 ms', async () => {
    const times: number[] = [];
    for (const number of [20, 21, 22, 23, 24]) {
      const path = `${OBJECTS_PATH}/migplans/plan-${number}`;
      const [{ code }, milliseconds] = await timed(() => api.request('DELETE', path));
      expect(code).toBe(200);
      expect((await api.request('GET', path)).code).toBe(404);
      times.push(milliseconds);
    }
    expect(Math.min(...times)).toBeLessThan(200);
    const left = await api.request('GET', `${KINDS_PATH}/migmigrations?fieldSelector=spec.migPlanRef.name%3Dplan-21`);
    expect(left.body.items).toEqual([]);
    const others = await api.sql<{ count: string }>("SELECT count(*) FROM resources WHERE kind = 'MigMigration'");
    expect(Number(others[0]?.count)).toBe(MIGRATIONS - 50);
  });

  it('deletion of a collection ends when the client has gone', async () => {
    const abort = new AbortController();
    const path = `${OBJECTS_PATH}/migplans?labelSelector=team%3Dteam-50`;
    const cut = api.fetch(path, { method: 'DELETE', signal: abort.signal }).catch(() => undefined);
    const plans = async () => (await api.request('GET', path)).body.items.length;
    await vi.waitFor(async () => expect(await plans()).toBeLessThan(20), { timeout: 10_000 });
    abort.abort();
    await cut;
    await sleep(500);
    const left = await plans();
    expect(left).toBeGreaterThan(0);
    await sleep(1_000);
    expect(await plans()).toBe(left);
  });

  it('8 full lists at once are all answered, in 400 MB', async () => {
    const path = `${KINDS_PATH}/migmigrations`;
    const [{ count }] = (await api.sql("SELECT count(*) FROM resources WHERE kind = 'MigMigration'")) as [
      { count: string },
    ];
    const forms = ['application/json', 'application/json;as=Table;v=v1;g=meta.k8s.io'];
    const accept = Array.from({ length: 8 }, (_, index) => forms[index === 7 ? 1 : 0] ?? '');
    let answers: DrainedList[] = [];
    const peak = await peakMemory(async () => {
      // In a thread of their own: what is measured is the service.
      const clients = new Worker(new URL('../kit/list-clients.ts', import.meta.url), {
        execArgv: ['--import', 'tsx'],
        workerData: { url: `${api.url}${path}`, token: api.token, accept, mark: MARK } satisfies ListClients,
      });
      [answers] = (await once(clients, 'message')) as [DrainedList[]];
    });
    expect(answers).toHaveLength(8);
    for (const { code, objects, tail } of answers.slice(0, 7)) {
      expect([code, objects]).toEqual([200, Number(count)]);
      expect(tail).toMatch(/\}\],"metadata":\{"resourceVersion":"\d+"\}\}$/);
    }
    expect(answers[7]).toMatchObject({ code: 200, tail: expect.stringMatching(/\}\],"metadata":\{[^}]*\}\}$/) });
    expect(peak).toBeLessThan(400);
  });

  it('100 watchers hear of 50 writes a second within 300 ms each, and ask the database no more than one does', async () => {
    await api.create('mighooks', hook('busy'));
    const { resourceVersion } = (await api.request('GET', `${OBJECTS_PATH}/mighooks`)).body.metadata;
    const url = `${api.url}${OBJECTS_PATH}/mighooks?watch=true&resourceVersion=${resourceVersion}`;
    // In a thread of their own: what is measured is the service.
    const clients = new Worker(new URL('../kit/watch-clients.ts', import.meta.url), {
      execArgv: ['--import', 'tsx'],
      workerData: { url, token: api.token, count: 100 } satisfies WatchClients,
    });
    await once(clients, 'message');
    const late = async (): Promise<number[]> => {
      clients.postMessage('report');
      const [report] = (await once(clients, 'message')) as [{ late: number[] }];
      return report.late;
    };
    const reads = vi.spyOn(api.store.resources, 'logAfter');
    const writes = 150;
    const slow = slownessFromNow();
    const beginning = performance.now();
    const answers: Promise<unknown>[] = [];
    for (let number = 0; number < writes; number += 1) {
      await sleep(Math.max(0, beginning + number * 20 * slow() - performance.now()));
      const annotations = { written: String(Date.now()), number: String(number) };
      answers.push(api.patch('mighooks', 'busy', { metadata: { annotations } }));
    }
    await Promise.all(answers);
    const seconds = (performance.now() - beginning) / 1_000;
    await vi.waitFor(async () => expect((await late()).length).toBe(100 * writes), { timeout: 30_000, interval: 200 });
    const asked = reads.mock.calls.length;
    reads.mockRestore();
    const sorted = (await late()).sort((one, other) => one - other);
    await clients.terminate();
    expect(sorted[Math.floor(sorted.length * 0.95)]).toBeLessThan(300 * slow());
    expect(asked).toBeLessThan(50 * seconds + 50);
  });
});

describe('a long list', () => {
  const get = (query: string, accept = 'application/json') =>
    api.request('GET', `${KINDS_PATH}/migplans?${query}`, undefined, { Accept: accept });
  const names = (items: { metadata: { name: string } }[]) => items.map(({ metadata }) => metadata.name);

  it('is the same in pages, in one answer, as a table and in YAML', async () => {
    const { body: whole } = await get('labelSelector=odd');
    expect(whole).toMatchObject({ kind: 'MigPlanList', metadata: { resourceVersion: expect.any(String) } });
    const listed: string[] = [];
    let token = '';
    do {
      const { body } = await get(`labelSelector=odd&limit=170&continue=${encodeURIComponent(token)}`);
      listed.push(...names(body.items));
      token = body.metadata.continue ?? '';
    } while (token);
    expect(names(whole.items)).toEqual(listed);
    expect(new Set(listed).size).toBe(listed.length);
    expect(listed.length).toBeGreaterThan(900);
    const { body: table } = await get('labelSelector=odd', 'application/json;as=Table;v=v1;g=meta.k8s.io');
    expect(table.rows.map(({ object }: { object: { metadata: { name: string } } }) => object.metadata.name)).toEqual(
      listed,
    );
    expect(table.columnDefinitions[0].name).toBe('Name');
    const { body: yaml } = await get('labelSelector=odd', 'application/yaml');
    const { parse } = await import('yaml');
    expect(names(parse(yaml).items)).toEqual(listed);
  });

  it('of a limit above the size of our pages tells where it continues', async () => {
    const { body: first } = await get('limit=700');
    expect(first.items).toHaveLength(700);
    const { body: rest } = await get(`continue=${encodeURIComponent(first.metadata.continue)}`);
    expect(rest.items).toHaveLength(first.metadata.remainingItemCount);
    expect(rest.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  });

  it('that is left by its client reads no further', async () => {
    const list = vi.spyOn(api.store.resources, 'list');
    const abort = new AbortController();
    const response = await api.fetch(`${KINDS_PATH}/migmigrations`, { signal: abort.signal });
    expect(response.status).toBe(200);
    abort.abort();
    await sleep(500);
    const calls = list.mock.calls.length;
    await sleep(500);
    expect(list.mock.calls.length).toBe(calls);
    expect(calls).toBeLessThan(20);
    list.mockRestore();
  });

  it('makes the beginning of a watch that misses nothing', async () => {
    const watch = await api.watch(`${KINDS_PATH}/migplans?watch=true&labelSelector=team%3Dteam-3`);
    await vi.waitFor(() => expect(watch.events.length).toBe(20));
    await api.create('migplans', {
      ...plan('newcomer'),
      metadata: { name: 'newcomer', namespace: NAMESPACE, labels: { team: 'team-3' } },
    });
    await vi.waitFor(() => expect(watch.events.at(-1)?.object.metadata.name).toBe('newcomer'));
    watch.stop();
  });
});
