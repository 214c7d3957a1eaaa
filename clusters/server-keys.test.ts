import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type CertificateChain,
  makeCertificateChain,
  makeServerCertificate,
} from '../test/kit/cluster/certificates.js';
import { FakeApiServer, json } from '../test/kit/fakes/fake-api-server.js';
import { processorTime } from '../test/kit/process/event-loop-delay.js';
import type { ClusterAccess } from './cluster-access.js';
import { connectCluster } from './connect-cluster.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const VERSION = json(200, { major: '1', minor: '36', gitVersion: 'v1.36.0' });

let chain: CertificateChain;
let api: FakeApiServer;
beforeAll(async () => {
  chain = await makeCertificateChain();
  api = await FakeApiServer.start({ ca: chain.root, cert: `${chain.cert}\n${chain.intermediate}`, key: chain.key });
  api.answer(VERSION);
});
afterAll(() => api[Symbol.asyncDispose]());

async function connected(changes: Partial<ClusterAccess>, server = api) {
  const client = connectCluster({ ...server.access, ...changes }, { retryPause: 1 });
  try {
    return { version: await client.version(), keys: [...client.serverKeys] };
  } finally {
    await client.close();
  }
}

describe('a bundle', () => {
  it.each(['root', 'intermediate', 'cert'] as const)('that holds the %s makes the server trusted', async (part) => {
    expect((await connected({ caBundle: base64(chain[part]) })).version).toMatchObject({ minor: 36 });
  });

  it('of another authority, or another server, does not', async () => {
    const other = await makeCertificateChain();
    for (const part of ['root', 'intermediate', 'cert'] as const) {
      await expect(connected({ caBundle: base64(other[part]) })).rejects.toThrow('is not trusted');
    }
  });

  it('of 256 KiB is looked through at once, whatever it holds', async () => {
    const marker = '-----BEGIN CERTIFICATE-----';
    for (const text of [marker.repeat(7_000), `${marker}\n`.repeat(6_500), '-'.repeat(190_000)]) {
      const start = processorTime();
      await expect(connected({ caBundle: base64(text) })).rejects.toThrow('is not base64 of PEM certificates');
      expect(processorTime() - start).toBeLessThan(100);
    }
    await expect(connected({ caBundle: 'A'.repeat(256 * 1024 + 1) })).rejects.toThrow('more than 262144 characters');
  });
});

describe('the keys a cluster proves', () => {
  it('are those of its server and of the authority of its bundle', async () => {
    const [byRoot, byIntermediate, byLeaf, insecure] = await Promise.all([
      connected({ caBundle: base64(chain.root) }),
      connected({ caBundle: base64(chain.intermediate) }),
      connected({ caBundle: base64(chain.cert) }),
      connected({ caBundle: undefined, insecure: true }),
    ]);
    const [leaf] = insecure.keys;
    for (const { keys } of [byRoot, byIntermediate, byLeaf]) expect(keys).toContain(leaf);
    expect(byRoot.keys).toHaveLength(2);
    expect(byIntermediate.keys).toHaveLength(2);
    expect(byLeaf.keys).toEqual([leaf]);
  });

  it('have one in common for two servers of one authority, none for those of two authorities of one name', async () => {
    const [one, other] = await Promise.all([makeServerCertificate(), makeServerCertificate()]);
    const keysOf = async (certificate: typeof one) => {
      await using server = await FakeApiServer.start(certificate);
      server.answer(VERSION);
      return (await connected({}, server)).keys;
    };
    const [ours, theirs] = [await keysOf(one), await keysOf(other)];
    expect(ours.filter((key) => theirs.includes(key))).toEqual([]);
    // What a server sends as its issuer's certificate proves nothing.
    const pretending = await keysOf({ ...other, cert: `${other.cert}\n${one.ca}` });
    expect(ours.filter((key) => pretending.includes(key))).toEqual([]);
    const sibling = await keysOf(one);
    expect(ours.filter((key) => sibling.includes(key))).toHaveLength(2);
  });
});
