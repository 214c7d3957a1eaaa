import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeServerCertificate } from '../test/kit/cluster/certificates.js';
import { switchOnTls } from '../test/kit/postgres/postgres-tls.js';
import { startStoreOnOwnServer } from '../test/kit/postgres/temporary-store.js';
import { SpawnedProgram } from '../test/kit/process/spawn-program.js';

let temporary: Awaited<ReturnType<typeof startStoreOnOwnServer>>;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mtc-main-programs-'));
  temporary = await startStoreOnOwnServer();
});
afterAll(async () => {
  await temporary?.remove();
  await rm(folder, { recursive: true, force: true });
});

/** Standard error, line by line, of a main program that must end with exit code 1. */
async function refusal(program: string, env: Record<string, string>): Promise<string[]> {
  const { code, stderr } = await SpawnedProgram.start(program, { MTC_HOME: folder, ...env }).end();
  expect(code).toBe(1);
  return stderr.trimEnd().split('\n');
}

/** Each starts a whole program. */
const options = { timeout: 120_000 };

describe('a main program names all that is wrong before it starts anything', options, () => {
  it('the API: missing and wrong variables', async () => {
    const env = { MTC_ENCRYPTION_KEY: 'c2hvcnQ=', MTC_PORT: 'https', MTC_LISTN: '0.0.0.0' };
    expect(await refusal('api/main.ts', env)).toEqual([
      'MTC_LISTN: it is not a known variable. Perhaps MTC_LISTEN is meant.',
      expect.stringMatching(/^MTC_ENCRYPTION_KEY: .*Set it to the output of: openssl rand -base64 32$/),
      'MTC_PORT: "https" is not a port number. Set it to a whole number from 0 to 65535.',
      'DATABASE_URL: it is not set. Set it to postgres://user:password@host:port/database',
    ]);
  });

  it('the worker: contradictory variables and files that are not there', async () => {
    const { key } = await makeServerCertificate();
    const keyFile = path.join(folder, 'client.key');
    await writeFile(keyFile, key);
    const env = {
      ...temporary.environment,
      TEMPORAL_ADDRESS: '127.0.0.1:7233',
      TEMPORAL_TLS_CLIENT_KEY_PATH: keyFile,
      MTC_HOST_KUBECONFIG: path.join(folder, 'none'),
    };
    expect(await refusal('worker/main.ts', env)).toEqual([
      'TEMPORAL_TLS_CLIENT_KEY_PATH: a client certificate needs both certificate and key. Set TEMPORAL_TLS_CLIENT_CERT_PATH, or unset it.',
      expect.stringMatching(/^MTC_HOST_KUBECONFIG: .* cannot be read \(ENOENT\)\. Set it to a kubeconfig file/),
    ]);
  });

  it('all in one: a profile that is not in the file', async () => {
    const file = path.join(folder, 'temporal.toml');
    await writeFile(file, '[profile.staging]\naddress = "staging:7233"\n');
    expect(await refusal('main.ts', { TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'production' })).toEqual([
      `TEMPORAL_PROFILE: ${file} has no profile "production". Choose one of staging.`,
    ]);
  });
});

describe('a main program ends by one line', options, () => {
  it('when its port is in use', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as { port: number };
      expect(await refusal('api/main.ts', { ...temporary.environment, MTC_PORT: String(port) })).toEqual([
        expect.stringMatching(/^MTC_PORT: the port is in use \(.*\)\. Set it to a free port, or to 0 for any\.$/),
      ]);
    } finally {
      server.close();
    }
  });

  it('when a newer version has changed the database', async () => {
    const timestamp = '9999999999999';
    await temporary.sql('INSERT INTO migrations (timestamp, name) VALUES ($1, $2)', [timestamp, `Later${timestamp}`]);
    await temporary.sql('UPDATE schema_readers SET min_reader_version = $1', [timestamp]);
    try {
      expect(await refusal('api/main.ts', temporary.environment)).toEqual([
        `DATABASE_URL: a newer version of the program has changed this database (Later${timestamp}). Start that version or a later one, or name another database.`,
      ]);
    } finally {
      await temporary.sql('DELETE FROM migrations WHERE timestamp = $1', [timestamp]);
    }
  });

  it('when the database is not there', async () => {
    const env = { ...temporary.environment, DATABASE_URL: 'postgres://mtc@127.0.0.1:1/mtc' };
    expect(await refusal('api/main.ts', env)).toEqual([
      expect.stringMatching(
        /^DATABASE_URL: the database does not answer: .*\. Start the database, or correct host and port\.$/,
      ),
    ]);
  });

  it('when the certificate of Postgres is not accepted', async () => {
    await switchOnTls(temporary.postgres, ['127.0.0.1']);
    const file = path.join(folder, 'other-ca.crt');
    await writeFile(file, (await makeServerCertificate()).ca);
    const url = `${temporary.environment.DATABASE_URL}?sslmode=verify-full&sslrootcert=${file}`;
    expect(await refusal('api/main.ts', { ...temporary.environment, DATABASE_URL: url })).toEqual([
      expect.stringMatching(/^DATABASE_URL: the certificate of the server is not accepted \(.*\)\. Name the authority/),
    ]);
  });
});
