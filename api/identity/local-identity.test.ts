import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKey } from './certificates.js';
import { type LocalIdentity, loadLocalIdentity } from './local-identity.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mtc-identity-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Connects to a server of the identity; rejects when the client does not trust it. */
async function handshake({ tls, ca }: LocalIdentity, servername: string): Promise<void> {
  const server = createServer(tls).listen(0, '127.0.0.1');
  try {
    await new Promise<void>((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise<void>((resolve, reject) => {
      const socket: TLSSocket = connect({ port, host: '127.0.0.1', ca, servername }, () => resolve(void socket.end()));
      socket.on('error', reject);
    });
  } finally {
    server.close();
  }
}

describe('loadLocalIdentity', () => {
  it('makes certificates that TLS clients trust under each name', async () => {
    const identity = await loadLocalIdentity(folder, ['localhost', 'mtc.example.com', '127.0.0.1']);
    await handshake(identity, 'localhost');
    await handshake(identity, 'mtc.example.com');
    await expect(handshake(identity, 'other.example.com')).rejects.toThrow(/altnames/);
  });

  it('gives the same again, and a new server certificate where a name is missing', async () => {
    const first = await loadLocalIdentity(folder);
    expect(await loadLocalIdentity(folder)).toEqual(first);
    const wider = await loadLocalIdentity(folder, ['localhost', 'new.example.com']);
    expect(wider).toMatchObject({ tokens: first.tokens, ca: first.ca });
    expect(wider.tls.cert).not.toBe(first.tls.cert);
    await handshake(wider, 'new.example.com');
  });

  it('keeps a token that was put there', async () => {
    await writeFile(path.join(folder, 'token'), 'chosen\n');
    expect((await loadLocalIdentity(folder)).tokens.admin).toBe('chosen');
  });
});

describe('processes that share a folder', () => {
  it('have the same token and the same authority, though all begin at once', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => loadLocalIdentity(folder)));
    expect(new Set(all.map(({ tokens }) => tokens.admin)).size).toBe(1);
    expect(new Set(all.map(({ ca }) => ca)).size).toBe(1);
    for (const identity of all) await handshake({ ...identity, ca: all[0]?.ca ?? '' }, 'localhost');
  });

  it('leave nothing else there, and no certificate that is not of its key', async () => {
    await Promise.all(Array.from({ length: 8 }, () => loadLocalIdentity(folder)));
    expect((await readdir(folder)).toSorted()).toEqual(['ca.crt', 'ca.key', 'tls.crt', 'tls.key', 'token']);
    const { tls } = await loadLocalIdentity(folder);
    await writeFile(path.join(folder, 'tls.key'), (await createKey()).toString());
    const again = await loadLocalIdentity(folder);
    expect(again.tls.cert).not.toBe(tls.cert);
    await handshake(again, 'localhost');
  });
});
