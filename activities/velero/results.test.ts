import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { FakeStore } from '../../test/kit/fakes/fake-store.js';
import { gzipBomb } from '../../test/kit/fakes/hostile-answers.js';
import { expectLoopFree } from '../../test/kit/process/event-loop-delay.js';
import { heapGrowthOf } from '../../test/kit/process/heap-growth.js';
import { readResults } from './results.js';

const RESTORE = { apiVersion: 'velero.io/v1', kind: 'Restore', metadata: { name: 'move' } };

async function resultsOf(file: Buffer) {
  await using server = await FakeStore.start();
  server.answer('GET', (response) => void response.writeHead(200).end(file));
  return await readResults(server.access(), RESTORE, {});
}
const packed = (content: unknown): Buffer => gzipSync(JSON.stringify(content));

describe('the results of a Restore', () => {
  it('are listed with the namespace they belong to', async () => {
    const file = packed({
      errors: { velero: ['out of memory'], cluster: ['denied'], namespaces: { shop: ['web: denied'] } },
      warnings: { namespaces: { shop: ['exists'] } },
    });
    expect(await resultsOf(file)).toEqual({
      errors: ['out of memory', 'denied', 'shop: web: denied'],
      warnings: ['shop: exists'],
    });
  });

  it('that unpack to hundreds of megabytes are given up', async () => {
    const bomb = gzipBomb();
    expect(bomb.length).toBeLessThan(1024 * 1024);
    const heap = await heapGrowthOf(() =>
      expectLoopFree(() => expect(resultsOf(bomb)).rejects.toMatchObject({ code: 'ERR_BUFFER_TOO_LARGE' })),
    );
    expect(heap).toBeLessThan(32 * 1024 * 1024);
  });

  it.each([
    ['null', null],
    ['a text', 'errors'],
    ['lists that are texts', { errors: { velero: 'x'.repeat(100_000), namespaces: 'shop' }, warnings: 7 }],
    ['messages that are none', { errors: { velero: [null, 7, {}] }, warnings: { namespaces: { shop: null } } }],
  ])('of another shape hold nothing: %s', async (_name, content) => {
    const { errors, warnings } = await resultsOf(packed(content));
    expect([errors, warnings]).toEqual([[], []]);
  });

  it('are cut to what is read of them', async () => {
    const [error] = (await resultsOf(packed({ errors: { velero: ['m'.repeat(1_000_000)] } }))).errors;
    expect(error).toHaveLength(2_048);
  });
});
