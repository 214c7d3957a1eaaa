import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
    expect(wider).toMatchObject({ token: first.token, ca: first.ca });
    expect(wider.tls.cert).not.toBe(first.tls.cert);
    await handshake(wider, 'new.example.com');
  });

  it('keeps a token that was put there', async () => {
    await writeFile(path.join(folder, 'token'), 'chosen\n');
    expect((await loadLocalIdentity(folder)).token).toBe('chosen');
  });
});
