import { describe, expect, it } from 'vitest';
import { collect } from '../test/kit/cluster/collect.js';
import { type Answer, FakeApiServer, json } from '../test/kit/fakes/fake-api-server.js';
import { HOSTILE_ANSWERS, HOSTILE_REFUSALS, type HostileAnswer, poured } from '../test/kit/fakes/hostile-answers.js';
import { expectLoopFree, processorTime } from '../test/kit/process/event-loop-delay.js';
import { heapGrowthOf } from '../test/kit/process/heap-growth.js';
import type { ClusterClient } from './cluster-client.js';
import { connectCluster } from './connect-cluster.js';
import type { KubernetesApiError } from './kubernetes-api-error.js';

const MiB = 1024 * 1024;
const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' } as const;
const ref = { ...CONFIG_MAP, namespace: 'shop', name: 'a' };
/** A call ends within a second, or by these. */
const quick = { retryPause: 1, connect: 500, answer: 500, whole: 600, refusalText: 200, watch: 800 };
const LONGEST_TEXT = 5_000;
const PATIENCE = 5_000;

const asAnswer =
  (hostile: HostileAnswer): Answer =>
  (_request, response) =>
    hostile(response);

/** What `work` throws, while the event loop stays free and the heap small. */
async function failureOf(
  answer: HostileAnswer,
  work: (client: ClusterClient) => Promise<unknown>,
  busy = 1_000,
): Promise<KubernetesApiError> {
  await using api = await FakeApiServer.start();
  api.answer(asAnswer(answer));
  const client = connectCluster(api.access, quick);
  await client.resourceOf(CONFIG_MAP);
  let failure: unknown;
  const start = { clock: performance.now(), processor: processorTime() };
  const heap = await heapGrowthOf(() =>
    expectLoopFree(async () => {
      failure = await work(client).then(
        (value) => new Error(`it was taken: ${JSON.stringify(value)?.slice(0, 200)}`),
        (error: unknown) => error,
      );
    }),
  );
  // By the clock too, but with patience for a machine that has much else to do.
  expect(processorTime() - start.processor, 'processor time in ms').toBeLessThan(busy);
  expect(performance.now() - start.clock, 'time in ms').toBeLessThan(PATIENCE + 10 * busy);
  await client.close();
  expect(failure).toMatchObject({ name: 'KubernetesApiError' });
  expect(heap / MiB, 'growth of the heap in MiB').toBeLessThan(32);
  const error = failure as KubernetesApiError;
  expect(error.message.length).toBeLessThan(LONGEST_TEXT);
  expect(JSON.stringify(error.details).length).toBeLessThan(LONGEST_TEXT);
  return error;
}

describe('a hostile cluster stops nothing', () => {
  // A write is never repeated, so that each row is one answer.
  it.each(HOSTILE_REFUSALS)('that refuses with %s', async (_name, answer) => {
    const failure = await failureOf(answer, (client) => client.patch(ref, {}));
    expect(failure.code).toBeGreaterThanOrEqual(500);
  });

  it.each(HOSTILE_ANSWERS)('that answers a read with %s', async (_name, answer) => {
    const failure = await failureOf(answer, (client) => client.get(ref));
    expect(failure).toMatchObject({ code: 0, retryable: true });
  });

  it.each(HOSTILE_ANSWERS)('that answers a list with %s', async (_name, answer) => {
    const failure = await failureOf(answer, (client) => client.list(CONFIG_MAP));
    expect(failure).toMatchObject({ code: 0, retryable: true });
  });

  it.each(HOSTILE_ANSWERS)('that answers a watch with %s', async (_name, answer) => {
    const work = (client: ClusterClient) =>
      collect(client.watch(CONFIG_MAP, { resourceVersion: '1', signal: AbortSignal.timeout(5_000) }), 1);
    await failureOf(answer, work);
  });

  it('that always has one more page', async () => {
    const page = json(200, { metadata: { resourceVersion: '1', continue: 'more' }, items: [] });
    const failure = await failureOf(
      (response) => page(undefined as never, response),
      (client) => client.list(CONFIG_MAP),
      3_000,
    );
    expect(failure.message).toContain('sent more than is taken from it');
  }, 60_000);
});

describe('the log of a container', () => {
  it('keeps the beginning of a line without an end and continues with the next', async () => {
    await using api = await FakeApiServer.start();
    const line = Buffer.alloc(20 * MiB, 'x');
    api.answer((_request, response) => void response.writeHead(200).end(Buffer.concat([line, Buffer.from('\nend\n')])));
    const client = connectCluster(api.access);
    const lines: string[] = [];
    const heap = await heapGrowthOf(() =>
      expectLoopFree(async () => {
        for await (const one of client.logs({ namespace: 'shop', name: 'web' })) lines.push(one);
      }),
    );
    expect(lines.map(({ length }) => length)).toEqual([64 * 1024, 3]);
    expect(heap / MiB).toBeLessThan(32);
    await client.close();
  });

  it('leaves the loop to others, however many lines it has', async () => {
    await using api = await FakeApiServer.start();
    api.answer(asAnswer(poured(200, '\n', MiB / 8)));
    const client = connectCluster(api.access);
    let count = 0;
    await expectLoopFree(async () => {
      for await (const _ of client.logs({ namespace: 'shop', name: 'web' })) count += 1;
    });
    expect(count).toBe(MiB / 8);
    await client.close();
  });
});

describe('a list of large objects', () => {
  it('is read in smaller pages', async () => {
    await using api = await FakeApiServer.start();
    const big = 'v'.repeat(MiB);
    api.answer(
      ...Array.from(
        { length: 40 },
        (): Answer => (request, response) => {
          const limit = Number(request.query.get('limit'));
          const from = Number(request.query.get('continue') ?? 0);
          const names = Array.from({ length: Math.min(limit, 30 - from) }, (_, index) => from + index);
          const items = names.map((name) => ({ metadata: { name: `s${name}` }, data: { big } }));
          const next = from + items.length < 30 ? String(from + items.length) : undefined;
          json(200, { metadata: { resourceVersion: '1', continue: next }, items })(request, response);
        },
      ),
    );
    const client = connectCluster(api.access);
    const { items } = await client.list(CONFIG_MAP);
    expect(items.map(({ metadata }) => metadata.name)).toEqual(Array.from({ length: 30 }, (_, index) => `s${index}`));
    expect(api.requests.map(({ query }) => query.get('limit')).slice(0, 3)).toEqual(['500', '62', '7']);
    await client.close();
  });
});
