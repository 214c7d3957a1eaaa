import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StartError } from './problems.js';
import { readAllInOneConfig, readApiConfig, readWorkerConfig } from './read-config.js';

const key = randomBytes(32).toString('base64');
const store = { DATABASE_URL: 'postgres://mtc:password@db:5432/mtc', MTC_ENCRYPTION_KEY: key };
const worker = { ...store, TEMPORAL_ADDRESS: 'temporal:7233', HOME: '/nowhere' };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mtc-config-'));
  await writeFile(path.join(folder, 'file'), '');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The lines with which reading fails. */
function problemsOf(read: () => unknown): string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof StartError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('what each process reads', () => {
  it('the API: store, folder and address', () => {
    expect(readApiConfig({ ...store, MTC_HOME: '/home/mtc', MTC_PORT: '0', MTC_DRAIN_SECONDS: '30' })).toEqual({
      database: { url: store.DATABASE_URL, tls: false },
      encryptionKeys: key,
      home: '/home/mtc',
      listen: { host: '127.0.0.1', port: 0 },
      serverNames: [],
      drainSeconds: 30,
      warnings: [],
    });
  });

  it('the worker: store, Temporal, images and host cluster', () => {
    const config = readWorkerConfig({
      ...worker,
      MTC_TRANSFER_IMAGE: 'registry/transfer:1',
      KUBERNETES_SERVICE_HOST: '10.0.0.1',
    });
    expect(config).toMatchObject({
      temporal: { address: 'temporal:7233', namespace: 'default' },
      images: { transferImage: 'registry/transfer:1' },
      hostCluster: { inCluster: { host: '10.0.0.1', port: 443 } },
      drainSeconds: 5,
    });
  });

  it('all in one needs nothing; what is named is used', () => {
    const config = readAllInOneConfig({});
    expect(config).toMatchObject({ home: path.resolve('.mtc'), listen: { port: 8443 } });
    expect(readApiConfig({ ...store, MTC_SERVER_NAMES: 'mtc.example.com, 10.0.0.1' }).serverNames).toEqual([
      'mtc.example.com',
      '10.0.0.1',
    ]);
    expect(() => readApiConfig({ ...store, MTC_SERVER_NAMES: 'https://mtc' })).toThrow('MTC_SERVER_NAMES');
    expect([config.database, config.encryptionKeys, config.temporal]).toEqual([undefined, undefined, undefined]);
    expect(readAllInOneConfig({ ...worker }).temporal?.address).toBe('temporal:7233');
  });

  it('a variable set to nothing is not set', () => {
    expect(readApiConfig({ ...store, MTC_PORT: '', MTC_HOME: '' }).listen.port).toBe(8443);
    expect(problemsOf(() => readApiConfig({ ...store, DATABASE_URL: '' }))).toEqual([
      'DATABASE_URL: it is not set. Set it to postgres://user:password@host:port/database',
    ]);
  });

  it('what does not concern a process is not looked at', () => {
    expect(problemsOf(() => readWorkerConfig({ ...worker, MTC_PORT: 'x' }))).toEqual([]);
    expect(problemsOf(() => readApiConfig({ ...store, TEMPORAL_ADDRESS: 'x' }))).toEqual([]);
  });
});

describe('what is wrong', () => {
  it('is told all at once, one line each, without secrets', () => {
    const env = {
      MTC_ENCRYPTION_KEY: 'c2hvcnQ=',
      MTC_HOST_KUBECONFIG: '/nowhere',
      MTC_DRAIN_SECONDS: 'long',
      MTC_IMAGE: '',
    };
    const lines = problemsOf(() => readWorkerConfig({ ...env, TEMPORAL_ADDRESS: 'nowhere', HOME: '/nowhere' }));
    expect(lines.map((line) => line.split(':')[0])).toEqual([
      'MTC_ENCRYPTION_KEY',
      'MTC_DRAIN_SECONDS',
      'DATABASE_URL',
      'TEMPORAL_ADDRESS',
      'MTC_HOST_KUBECONFIG',
    ]);
    expect(lines.join()).not.toContain('c2hvcnQ');
  });

  it.each([
    [{ MTC_PORT: 'x' }, 'MTC_PORT: "x" is not a port number. Set it to a whole number from 0 to 65535.'],
    [{ MTC_PORT: '65536' }, 'MTC_PORT: "65536" is not a port number.'],
    [{ MTC_LISTEN: '127.0.0.1:8443' }, 'MTC_LISTEN: "127.0.0.1:8443" is neither an IP address nor a host name.'],
    [{ MTC_DRAIN_SECONDS: '1.5' }, 'MTC_DRAIN_SECONDS: "1.5" is not a whole number of seconds from 0 to 3600.'],
    [{ MTC_ENCRYPTION_KEY: 'x' }, 'MTC_ENCRYPTION_KEY: Encryption key 1 is not 32 bytes in base64'],
    [{ MTC_PORT: 'tcp://10.0.0.1:8443' }, 'MTC_PORT: Kubernetes set it for a Service'],
    [{ MTC_PROT: '1' }, 'MTC_PROT: it is not a known variable. Perhaps MTC_PORT is meant.'],
    [{ MTC_LISTN: 'x' }, 'Perhaps MTC_LISTEN is meant.'],
  ])('%j', (env, line) => {
    expect(problemsOf(() => readApiConfig({ ...store, ...env }))).toEqual([expect.stringContaining(line)]);
  });

  it.each([
    [{ MTC_TRANSFER_IMAGE: 'a b' }, 'MTC_TRANSFER_IMAGE: "a b" is not a reference of an image.'],
    [{ MTC_HOST_KUBECONFIG: '/nowhere' }, 'MTC_HOST_KUBECONFIG: the file /nowhere cannot be read (ENOENT).'],
    [{ TEMPORAL_ADDRESS: 'temporal' }, 'TEMPORAL_ADDRESS: "temporal" is not host:port.'],
    [{ TEMPORAL_ADDRESS: '' }, 'TEMPORAL_ADDRESS: it is not set, and no profile has an address.'],
    [{ TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: 'true' }, "the server's certificate is always verified. Unset it"],
  ])('%j of the worker', (env, line) => {
    expect(problemsOf(() => readWorkerConfig({ ...worker, ...env }))).toEqual([expect.stringContaining(line)]);
  });

  it('MTC_HOME that is a file', () => {
    expect(problemsOf(() => readApiConfig({ ...store, MTC_HOME: path.join(folder, 'file') }))).toEqual([
      expect.stringMatching(/^MTC_HOME: .* is not a folder\./),
    ]);
  });

  it('credentials for a Temporal server that nothing names', () => {
    expect(problemsOf(() => readAllInOneConfig({ TEMPORAL_API_KEY: 'hidden' }))).toEqual([
      expect.stringMatching(/^TEMPORAL_API_KEY: it is set, but nothing names the Temporal server\./),
    ]);
  });
});

describe('what has no effect', () => {
  it('is a warning', () => {
    const { warnings } = readWorkerConfig({
      ...worker,
      MTC_SOMETHING_ELSE_ENTIRELY: '1',
      TEMPORAL_CODEC_ENDPOINT: 'http://codec',
      TEMPORAL_NAMESPCE: 'x',
      MTC_HOST_KUBECONFIG: path.join(folder, 'file'),
      KUBERNETES_SERVICE_HOST: '10.0.0.1',
    });
    expect(warnings).toEqual([
      'MTC_SOMETHING_ELSE_ENTIRELY has no effect here. See docs/configuration.md.',
      'TEMPORAL_CODEC_ENDPOINT has no effect: payloads are not encoded by this service.',
      'TEMPORAL_NAMESPCE has no effect here. Perhaps TEMPORAL_NAMESPACE is meant.',
      'MTC_HOST_KUBECONFIG has no effect: the service runs in a cluster, and that is the host cluster.',
    ]);
  });

  it('says nothing of what Kubernetes sets for Services', () => {
    const links = {
      MTC_API_SERVICE_HOST: '10.0.0.1',
      MTC_API_PORT: 'tcp://10.0.0.1:1',
      MTC_API_PORT_1_TCP_ADDR: '10.0.0.1',
    };
    expect(readApiConfig({ ...store, ...links }).warnings).toEqual([]);
  });
});
