import { setTimeout as pause } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import type { WatchEvent } from '../../clusters/cluster-client.js';
import { POD } from '../../resources/meta/kube-object.js';
import { FakeCluster } from '../../test/kit/fakes/fake-cluster.js';
import { watchSharedPods } from './shared-pods.js';
import { FRESH, RECENT, sharedReads } from './shared-reads.js';

const NAMESPACE = 'shop';
const { signal } = new AbortController();
const pod = (name: string, labels = {}) => ({ ...POD, metadata: { name, namespace: NAMESPACE, labels } });

let cluster: FakeCluster;
/** Reads that reached the cluster. */
let reads: number;

beforeEach(() => {
  cluster = new FakeCluster('source');
  reads = 0;
  const list = cluster.list.bind(cluster);
  cluster.list = async (...args: Parameters<typeof list>) => {
    reads += 1;
    const found = await list(...args);
    await pause(50);
    return found;
  };
});

const names = async (age: number) =>
  (await sharedReads(cluster).list(POD, { namespace: NAMESPACE }, { age, signal })).map(
    ({ metadata }) => metadata.name,
  );

describe('a read that many share', () => {
  it('is made once for all who ask at the same time', async () => {
    cluster.set(pod('a'));
    const all = await Promise.all(Array.from({ length: 20 }, () => names(FRESH)));
    expect(all).toEqual(Array.from({ length: 20 }, () => ['a']));
    expect(reads).toBe(1);
  });

  it('begins after it was asked for, unless a recent one is enough', async () => {
    const first = names(FRESH);
    await pause(40);
    // Its answer is on its way.
    cluster.set(pod('a'));
    const [recent, fresh, other] = await Promise.all([names(RECENT), names(FRESH), names(FRESH)]);
    expect([await first, recent, fresh, other]).toEqual([[], [], ['a'], ['a']]);
    expect(reads).toBe(2);
  });

  it('that fails is made again, and ends for who no longer asks', async () => {
    const failing = sharedReads(cluster).once('any', () => Promise.reject(new Error('away')), { age: RECENT, signal });
    await expect(failing).rejects.toThrow('away');
    const again = sharedReads(cluster).once('any', async () => 'there', { age: RECENT, signal });
    expect(await again).toBe('there');
    const stop = new AbortController();
    const slow = sharedReads(cluster).once('slow', () => pause(10_000), { age: FRESH, signal: stop.signal });
    stop.abort(new Error('no longer'));
    await expect(slow).rejects.toThrow('no longer');
  });

  it('of events is one for each of a few objects, and one for many', async () => {
    const metadata = (uid: string) => ({ name: uid, namespace: NAMESPACE, uid });
    await Promise.all(['a', 'b'].map((uid) => sharedReads(cluster).events(metadata(uid), signal)));
    expect(reads).toBe(2);
    await Promise.all(['a', 'b', 'c', 'd'].map((uid) => sharedReads(cluster).events(metadata(uid), signal)));
    expect(reads).toBe(3);
  });
});

describe('a watch that many share', () => {
  it('tells each of the pods it follows, from where it is, by one connection', async () => {
    cluster.set(pod('a', { app: 'web' }));
    const stop = new AbortController();
    const seen = { first: [] as string[], second: [] as string[] };
    const told = (event: WatchEvent) =>
      event.type === 'SYNCED'
        ? `SYNCED ${event.objects.map(({ metadata }) => metadata.name)}`
        : `${event.type} ${event.object.metadata.name}`;
    const follow = async (into: string[], labelSelector?: string) => {
      const events = watchSharedPods(cluster, { namespace: NAMESPACE, labelSelector, signal: stop.signal });
      for await (const event of events) into.push(told(event));
    };
    const first = follow(seen.first).catch(() => undefined);
    await expect.poll(() => seen.first).toEqual(['SYNCED a']);
    cluster.set(pod('b', { app: 'db' }));
    await expect.poll(() => seen.first).toContain('ADDED b');
    const second = follow(seen.second, 'app=db').catch(() => undefined);
    await expect.poll(() => seen.second).toEqual(['SYNCED b']);
    cluster.set(pod('c', { app: 'web' }));
    cluster.delete({ ...POD, namespace: NAMESPACE, name: 'b' });
    await expect.poll(() => seen.second).toEqual(['SYNCED b', 'DELETED b']);
    expect(seen.first).toEqual(['SYNCED a', 'ADDED b', 'ADDED c', 'DELETED b']);
    expect(reads).toBe(1);
    stop.abort();
    await Promise.all([first, second]);
  });
});
