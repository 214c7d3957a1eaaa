import { describe, expect, it } from 'vitest';
import { StepFailure } from '../resources/meta/failure.js';
import { makeCertificateChain } from '../test/kit/cluster/certificates.js';
import { FakeStore } from '../test/kit/fakes/fake-store.js';
import {
  dripping,
  HOSTILE_ANSWERS,
  HOSTILE_REFUSALS,
  type HostileAnswer,
  poured,
} from '../test/kit/fakes/hostile-answers.js';
import { expectLoopFree, processorTime } from '../test/kit/process/event-loop-delay.js';
import { heapGrowthOf } from '../test/kit/process/heap-growth.js';
import type { ObjectStore } from './object-store.js';
import { openS3Store } from './s3.js';

const MiB = 1024 * 1024;
/** The SDK tries what may pass twice. */
const quick = { answer: 400, call: 600 };
const PATIENCE = 5_000;

async function outcomeOf(
  method: string,
  answer: HostileAnswer,
  work: (store: ObjectStore) => Promise<unknown>,
  times = quick,
): Promise<unknown> {
  await using server = await FakeStore.start();
  server.answer(method, answer);
  const store = openS3Store(server.access(), times);
  let outcome: unknown;
  const start = { clock: performance.now(), processor: processorTime() };
  const heap = await heapGrowthOf(() =>
    expectLoopFree(async () => {
      outcome = await work(store).catch((error: unknown) => error);
    }),
  );
  // By the clock too, but with patience for a machine that has much else to do.
  expect(processorTime() - start.processor, 'processor time in ms').toBeLessThan(1_000);
  expect(performance.now() - start.clock, 'time in ms').toBeLessThan(PATIENCE);
  store.close();
  expect(heap / MiB, 'growth of the heap in MiB').toBeLessThan(32);
  return outcome;
}

describe('a hostile store stops nothing', () => {
  it.each(HOSTILE_REFUSALS)('that refuses to give an object with %s', async (_name, answer) => {
    const outcome = await outcomeOf('GET', answer, (store) => store.read('key', { atMost: 16 * MiB }));
    expect(outcome).toBeInstanceOf(StepFailure);
    expect((outcome as Error).message.length).toBeLessThan(1_000);
  });

  it.each(HOSTILE_REFUSALS)('that refuses to take an object with %s', async (_name, answer) => {
    const outcome = await outcomeOf('PUT', answer, (store) => store.write('key', new Uint8Array([1])));
    expect(outcome).toBeInstanceOf(StepFailure);
  });

  it.each(HOSTILE_ANSWERS)('that takes an object and answers with %s', async (name, answer) => {
    const outcome = await outcomeOf('PUT', answer, (store) => store.write('key', new Uint8Array([1])));
    if (name === 'a byte now and then') expect(outcome).toBeInstanceOf(StepFailure);
    else expect([undefined, StepFailure]).toContain(outcome instanceof StepFailure ? StepFailure : outcome);
  });

  it('that gives an object without an end', async () => {
    const read = (store: ObjectStore) => store.read('key', { atMost: 16 * MiB });
    const outcome = await outcomeOf('GET', poured(200, 'and so on '), read, { answer: 4_000, call: 4_500 });
    expect(outcome).toMatchObject({ report: { why: expect.stringContaining('sent more than is taken') } });
  });

  it('that gives an object byte by byte', async () => {
    const read = (store: ObjectStore) => store.read('key', { atMost: 16 * MiB });
    const outcome = await outcomeOf('GET', dripping(200), read);
    expect(outcome).toMatchObject({ report: { why: expect.stringContaining('did not end it in time') } });
  });

  it('that gives more than the beginning that was asked for', async () => {
    const outcome = await outcomeOf('GET', poured(200, 'x'), (store) => store.readStart('key', 2));
    expect(Buffer.from(outcome as Uint8Array).toString()).toBe('xx');
  });

  it('that asks for a long pause', async () => {
    const answer: HostileAnswer = (response) => void response.writeHead(503, { 'retry-after': '3600' }).end();
    const outcome = await outcomeOf('GET', answer, (store) => store.read('key', { atMost: 1 }));
    expect(outcome).toBeInstanceOf(StepFailure);
  });
});

it('asks for the first bytes only, where no more are wanted', async () => {
  await using server = await FakeStore.start();
  const store = openS3Store(server.access());
  await store.write('key', new Uint8Array([1]));
  expect([...(await store.readStart('key', 2))]).toEqual([1]);
  expect(server.requests.at(-1)).toBe('GET /bucket/key bytes=0-1');
  store.close();
});

describe('a bundle for a store', () => {
  it.each(['root', 'intermediate', 'cert'] as const)('that holds the %s makes it trusted', async (part) => {
    const chain = await makeCertificateChain();
    await using server = await FakeStore.start({ cert: `${chain.cert}\n${chain.intermediate}`, key: chain.key });
    const store = openS3Store(server.access({ s3CustomCABundle: Buffer.from(chain[part]).toString('base64') }));
    await store.write('key', new Uint8Array([1]));
    store.close();
    const other = await makeCertificateChain();
    const wrong = openS3Store(server.access({ s3CustomCABundle: Buffer.from(other[part]).toString('base64') }));
    await expect(wrong.write('key', new Uint8Array([1]))).rejects.toThrow('is not trusted');
    wrong.close();
  });
});
