import { createPrivateKey, X509Certificate } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeCluster } from '../../../test/kit/fakes/fake-cluster.js';
import { refOf, runRecord } from '../../../test/kit/fakes/recorded-run.js';
import type { LiveVolumeRun } from '../volume-run.js';
import { dropKeys, ensureTransferSecrets, keptWorkloadIdentity } from './transfer-secrets.js';

const record = runRecord();
const volume = { key: '1', source: { namespace: 'shop' }, target: { namespace: 'moved' } };
let source: FakeCluster;
let target: FakeCluster;
let live: LiveVolumeRun;

beforeEach(() => {
  source = new FakeCluster('source');
  target = new FakeCluster('target');
  const { signal } = new AbortController();
  live = {
    record,
    run: refOf(record),
    volume,
    source: source.client,
    target: target.client,
    signal,
  } as unknown as LiveVolumeRun;
});

const pem = (cluster: FakeCluster, file: string): string => {
  const secret = [...cluster.objects.values()].find(({ kind }) => kind === 'Secret');
  return Buffer.from(secret?.data[file] ?? '', 'base64').toString();
};

/** Each side has a pair that fits, and the other's certificate. */
const expectToFit = (): void => {
  for (const [one, other] of [
    [source, target],
    [target, source],
  ] as const) {
    const certificate = new X509Certificate(pem(one, 'tls.crt'));
    expect(certificate.checkPrivateKey(createPrivateKey(pem(one, 'tls.key')))).toBe(true);
    expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
    expect(pem(other, 'peer.crt')).toBe(pem(one, 'tls.crt'));
  }
  expect(pem(source, 'tls.key')).not.toBe(pem(target, 'tls.key'));
};

describe('the keys of a transfer', () => {
  it('are made once', async () => {
    await ensureTransferSecrets(live, { user: 999, groups: [9] });
    expectToFit();
    await ensureTransferSecrets(live, undefined);
    expect([...source.mutations, ...target.mutations]).toEqual([
      'create Secret shop/mtc-rsync-client-migratio-1',
      'create Secret moved/mtc-rsync-server-migratio-1',
    ]);
    expect(await keptWorkloadIdentity(live)).toEqual({ user: 999, groups: [9] });
  });

  it('are other ones in each pass; as whom the application ran is told on', async () => {
    await ensureTransferSecrets(live, { user: 999, groups: [9] });
    const before = [pem(source, 'tls.key'), pem(target, 'tls.key')];
    await dropKeys(live);
    target.delete({ apiVersion: 'v1', kind: 'Secret', namespace: 'moved', name: 'mtc-rsync-server-migratio-1' });
    expect([...source.objects.values()].map(({ data }) => data)).toEqual([undefined]);
    await ensureTransferSecrets(live, undefined);
    expectToFit();
    expect(before).not.toContain(pem(source, 'tls.key'));
    expect(before).not.toContain(pem(target, 'tls.key'));
    expect(await keptWorkloadIdentity(live)).toEqual({ user: 999, groups: [9] });
  });

  it('are made again on both sides when one was lost', async () => {
    await ensureTransferSecrets(live, undefined);
    const before = pem(target, 'tls.crt');
    source.delete({ apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'mtc-rsync-client-migratio-1' });
    await ensureTransferSecrets(live, undefined);
    expectToFit();
    expect(pem(target, 'tls.crt')).not.toBe(before);
    expect(await keptWorkloadIdentity(live)).toEqual({ groups: [] });
  });

  it('are made again only after the server that holds the former ones is gone', async () => {
    await ensureTransferSecrets(live, undefined);
    const server = { name: 'mtc-rsync-server-migratio-1', namespace: 'moved' };
    const { labels } = target.find('Secret', server.name)?.metadata ?? {};
    target.set({ apiVersion: 'v1', kind: 'Pod', metadata: { ...server, labels } });
    source.delete({ apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'mtc-rsync-client-migratio-1' });
    target.mutations.length = 0;
    await ensureTransferSecrets(live, undefined);
    expect(target.mutations).toEqual([
      'delete Pod moved/mtc-rsync-server-migratio-1',
      'patch Secret moved/mtc-rsync-server-migratio-1',
    ]);
  });

  it.each(['Secret', 'Pod'])('leave alone what others put under the name of the %s', async (kind) => {
    if (kind === 'Pod') await ensureTransferSecrets(live, undefined);
    source.delete({ apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'mtc-rsync-client-migratio-1' });
    target.set({ apiVersion: 'v1', kind, metadata: { name: 'mtc-rsync-server-migratio-1', namespace: 'moved' } });
    target.mutations.length = 0;
    await expect(ensureTransferSecrets(live, undefined)).rejects.toMatchObject({ report: { type: 'Refused' } });
    expect(target.mutations).toEqual([]);
  });

  it('continue from where a crash between the two Secrets left them, and remove no server that does not hold them', async () => {
    await ensureTransferSecrets(live, undefined);
    source.delete({ apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'mtc-rsync-client-migratio-1' });
    await ensureTransferSecrets(live, undefined);
    target.set({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'mtc-rsync-server-migratio-1', namespace: 'moved' },
    });
    target.mutations.length = 0;
    await ensureTransferSecrets(live, undefined);
    expect(target.mutations).toEqual([]);
  });
});
