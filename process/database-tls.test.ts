import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDatabaseTarget } from '../config/database-target.js';
import { createMigrationStore } from '../migrations-db/create-migration-store.js';
import { parseEncryptionKeys } from '../migrations-db/encryption.js';
import type { MigrationStore } from '../migrations-db/migration-store.js';
import { makeServerCertificate } from '../test/kit/cluster/certificates.js';
import { switchOnTls } from '../test/kit/postgres/postgres-tls.js';
import { startTemporaryPostgres, type TemporaryPostgres } from '../test/kit/postgres/temporary-postgres.js';
import { explainStartFailure } from './start-failure.js';

const encryptionKeys = parseEncryptionKeys(randomBytes(32).toString('base64'));
let postgres: TemporaryPostgres;
let folder: string;
const file = (name: string): string => path.join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mtc-tls-'));
  postgres = await startTemporaryPostgres();
  const client = await makeServerCertificate(['client']);
  // It names the address and not `localhost`, which leads there too.
  const { ca } = await switchOnTls(postgres, ['127.0.0.1'], client.ca);
  const stranger = await makeServerCertificate(['client']);
  const files = {
    ca,
    client: client.cert,
    clientKey: client.key,
    otherCa: stranger.ca,
    stranger: stranger.cert,
    strangerKey: stranger.key,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(file(name), text);
});
afterAll(async () => {
  await postgres?.remove();
  await rm(folder, { recursive: true, force: true });
});

const CLIENT = 'sslcert=client&sslkey=clientKey';

/** A store on the server, by what DATABASE_URL says; files are named without their folder. */
async function open(parameters: string, host = '127.0.0.1'): Promise<MigrationStore> {
  const query = parameters.replaceAll(
    /(sslrootcert|sslcert|sslkey)=(?!system)(\w+)/g,
    (_, name, value) => `${name}=${file(value)}`,
  );
  const url = `${postgres.url.replace('127.0.0.1', host)}?${query}`;
  const target = readDatabaseTarget(url, ({ what }) => {
    throw new Error(what);
  });
  if (target === undefined) throw new Error('The URL was refused.');
  return createMigrationStore({ databaseUrl: target.url, databaseTls: target.tls, encryptionKeys });
}

async function refusal(parameters: string, host?: string): Promise<string> {
  try {
    await (await open(parameters, host)).close();
  } catch (error) {
    return explainStartFailure(error).join('\n');
  }
  return 'connected';
}

describe('a server that is reached', () => {
  it.each([
    ['verify-full and the authority', `sslmode=verify-full&sslrootcert=ca&${CLIENT}`, undefined],
    ['verify-ca, by another name', `sslmode=verify-ca&sslrootcert=ca&${CLIENT}`, 'localhost'],
    ['require with the authority, by another name', `sslmode=require&sslrootcert=ca&${CLIENT}`, 'localhost'],
    ['require, whoever signed it', `sslmode=require&${CLIENT}`, 'localhost'],
  ])('with %s', async (_, parameters, host) => {
    expect(await refusal(parameters, host)).toBe('connected');
  });

  it('encrypts every connection, the one that receives change notifications too', async () => {
    const store = await open(`sslmode=verify-full&sslrootcert=ca&${CLIENT}`);
    try {
      const heard = new Promise<void>((resolve) => {
        store.resources.onChange(resolve);
      });
      const metadata = { name: 'settings', namespace: 'openshift-migration' };
      const object = { apiVersion: 'migration.openshift.io/v1alpha1', kind: 'MigrationController', metadata, spec: {} };
      await store.resources.create(object, { actor: { name: 'tests' } });
      await heard;
    } finally {
      await store.close();
    }
  });
});

describe('a connection that is refused, by one line with variable and remedy', () => {
  it.each([
    [
      'another authority',
      `sslmode=verify-full&sslrootcert=otherCa&${CLIENT}`,
      undefined,
      'Name the authority that signed it in sslrootcert.',
    ],
    [
      'another authority, verify-ca',
      `sslmode=verify-ca&sslrootcert=otherCa&${CLIENT}`,
      undefined,
      'Name the authority that signed it',
    ],
    [
      'another authority, require',
      `sslmode=require&sslrootcert=otherCa&${CLIENT}`,
      undefined,
      'Name the authority that signed it',
    ],
    [
      'the public authorities',
      `sslmode=verify-full&sslrootcert=system&${CLIENT}`,
      undefined,
      'Name the authority that signed it',
    ],
    [
      'another host',
      `sslmode=verify-full&sslrootcert=ca&${CLIENT}`,
      'localhost',
      'the certificate of the server names another host',
    ],
    ['no TLS', 'sslmode=disable', undefined, 'a server that wants TLS needs sslmode=verify-full'],
    [
      'no client certificate',
      'sslmode=verify-full&sslrootcert=ca',
      undefined,
      'one that wants a client certificate sslcert and sslkey',
    ],
    [
      'another client certificate',
      'sslmode=verify-full&sslrootcert=ca&sslcert=stranger&sslkey=strangerKey',
      undefined,
      'Name a client certificate that it accepts in sslcert',
    ],
  ])('for %s', async (_, parameters, host, words) => {
    const text = await refusal(parameters, host);
    expect(text).toMatch(/^DATABASE_URL: [^\n]+$/);
    expect(text).toContain(words);
  });
});
