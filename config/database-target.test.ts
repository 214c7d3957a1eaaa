import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeServerCertificate } from '../test/kit/cluster/certificates.js';
import { type DatabaseTarget, readDatabaseTarget } from './database-target.js';
import { problemLine } from './problems.js';

const URL = 'postgres://mtc:hidden@db:5432/mtc';
let folder: string;
let ca: string;
const file = (name: string): string => path.join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mtc-database-target-'));
  const [one, other] = [await makeServerCertificate(), await makeServerCertificate()];
  ca = one.ca;
  await writeFile(file('ca.crt'), one.ca);
  await writeFile(file('client.crt'), one.cert);
  await writeFile(file('client.key'), one.key);
  await writeFile(file('other.key'), other.key);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function read(query: string): { target?: DatabaseTarget; problems: string[] } {
  const problems: string[] = [];
  // So that tables of cases need no folder.
  const parameters = query.replaceAll(/=(\w+\.\w+)/g, (_, name: string) => `=${encodeURIComponent(file(name))}`);
  const target = readDatabaseTarget(`${URL}?${parameters}`, (problem) => problems.push(problemLine(problem)));
  return { target, problems };
}
const tlsOf = (query: string): DatabaseTarget['tls'] | undefined => read(query).target?.tls;

const authorityAlone = {
  ca: expect.stringContaining('BEGIN CERTIFICATE'),
  rejectUnauthorized: true,
  checkServerIdentity: expect.any(Function),
};

describe('sslmode as libpq means it', () => {
  it('none and disable: no TLS; other parameters stay in the URL', () => {
    expect(tlsOf('')).toBe(false);
    expect(read('sslmode=disable&application_name=x')).toEqual({
      target: { url: `${URL}?application_name=x`, tls: false },
      problems: [],
    });
  });

  it('require: encrypted, not verified; with an authority as verify-ca', () => {
    expect(tlsOf('sslmode=require')).toEqual({ rejectUnauthorized: false });
    expect(tlsOf('sslmode=require&sslrootcert=ca.crt')).toEqual(authorityAlone);
  });

  it('verify-ca: the authority alone', () => {
    const tls = tlsOf('sslmode=verify-ca&sslrootcert=ca.crt');
    expect(tls).toEqual(authorityAlone);
    expect((tls || undefined)?.checkServerIdentity?.('any', {} as never)).toBeUndefined();
  });

  it('verify-full: the name too', () => {
    expect(tlsOf('sslmode=verify-full&sslrootcert=ca.crt')).toEqual({ ca, rejectUnauthorized: true });
    expect(tlsOf('sslmode=verify-full&sslrootcert=system')).toEqual({ ca: undefined, rejectUnauthorized: true });
  });

  it('a client certificate', () => {
    expect(tlsOf('sslmode=require&sslcert=client.crt&sslkey=client.key')).toMatchObject({
      cert: expect.stringContaining('BEGIN CERTIFICATE'),
      key: expect.stringContaining('PRIVATE KEY'),
    });
  });
});

describe('what is refused, by one line without the URL', () => {
  it.each([
    [
      'sslmode=prefer',
      'sslmode=prefer is not supported. Set sslmode to one of disable, require, verify-ca, verify-full.',
    ],
    ['sslmode=no-verify', 'sslmode=no-verify is not supported.'],
    ['sslrootcert=ca.crt', 'it has parameters about TLS but no sslmode.'],
    ['ssl=true&sslmode=require', 'the parameter ssl is not supported.'],
    ['sslmode=verify-full', 'sslmode=verify-full needs an authority to trust. Add sslrootcert=FILE'],
    ['sslmode=require&sslrootcert=system', 'sslmode=require is too weak for sslrootcert=system'],
    ['sslmode=disable&sslrootcert=ca.crt', 'sslmode=disable contradicts its other parameters about TLS.'],
    ['sslmode=require&sslcert=client.crt', 'sslcert has no effect without sslkey. Add sslkey=FILE'],
    ['sslmode=require&sslkey=client.key', 'sslkey has no effect without sslcert.'],
    [
      'sslmode=require&sslcert=client.crt&sslkey=other.key',
      'sslcert and sslkey: the key does not belong to the certificate.',
    ],
    ['sslmode=verify-full&sslrootcert=none.crt', 'none.crt cannot be read (ENOENT).'],
    ['sslmode=verify-full&sslrootcert=client.key', 'client.key is not a certificate in PEM.'],
  ])('%s', (query, line) => {
    const { target, problems } = read(query);
    expect(problems).toEqual([expect.stringContaining(line)]);
    expect(problems.join()).toMatch(/^DATABASE_URL: /);
    expect(problems.join()).not.toContain('hidden');
    expect(target).toBeUndefined();
  });

  it.each(['db:5432', 'mysql://db/mtc', 'hidden'])('%s', (text) => {
    const problems: string[] = [];
    expect(readDatabaseTarget(text, (problem) => problems.push(problemLine(problem)))).toBeUndefined();
    expect(problems).toEqual([
      'DATABASE_URL: its value is not a URL of Postgres. Set it to postgres://user:password@host:port/database',
    ]);
  });
});
