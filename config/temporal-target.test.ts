import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeServerCertificate } from '../test/kit/cluster/certificates.js';
import { problemLine } from './problems.js';
import { readTemporalTarget, type TemporalTarget } from './temporal-target.js';

const ADDRESS = { TEMPORAL_ADDRESS: 'temporal:7233' };
let folder: string;
let pair: { cert: string; key: string };
const file = (name: string): string => path.join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mtc-temporal-target-'));
  const { ca, ...made } = await makeServerCertificate();
  pair = made;
  await writeFile(file('ca.crt'), ca);
  await writeFile(file('client.crt'), made.cert);
  await writeFile(file('client.key'), made.key);
  await writeFile(file('other.key'), (await makeServerCertificate()).key);
  await writeFile(
    file('temporal.toml'),
    `[profile.default]
address = "default:7233"
[profile.cloud]
address = "cloud:7233"
namespace = "shop"
api_key = "hidden"
[profile.mtls]
address = "mtls:7233"
[profile.mtls.tls]
client_cert_path = ${JSON.stringify(file('client.crt'))}
client_key_path = ${JSON.stringify(file('client.key'))}
[profile.half.tls]
client_key_path = ${JSON.stringify(file('client.key'))}
`,
  );
  await writeFile(file('broken.toml'), '[profile.cloud\napi_key = "hidden"');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function read(env: Record<string, string>): { target?: TemporalTarget; problems: string[] } {
  const problems: string[] = [];
  // So that tables of cases need no folder.
  const given = Object.entries({ HOME: folder, ...env }).map(([name, value]) => [
    name,
    /(_PATH|_FILE)$/.test(name) ? file(value) : value,
  ]);
  const target = readTemporalTarget(Object.fromEntries(given), (problem) => problems.push(problemLine(problem)));
  return { target, problems };
}

describe('where Temporal is', () => {
  it('by the address alone', () => {
    expect(read(ADDRESS)).toEqual({
      target: {
        address: 'temporal:7233',
        namespace: 'default',
        tls: undefined,
        apiKey: undefined,
        metadata: undefined,
      },
      problems: [],
    });
  });

  it('by a profile, over which variables win', () => {
    const profile = { TEMPORAL_CONFIG_FILE: 'temporal.toml', TEMPORAL_PROFILE: 'cloud' };
    expect(read(profile).target).toMatchObject({
      address: 'cloud:7233',
      namespace: 'shop',
      apiKey: 'hidden',
      tls: true,
    });
    expect(read({ ...profile, ...ADDRESS, TEMPORAL_NAMESPACE: 'other' }).target).toMatchObject({
      address: 'temporal:7233',
      namespace: 'other',
    });
  });

  it("by the file's default profile", () => {
    expect(read({ TEMPORAL_CONFIG_FILE: 'temporal.toml' }).target?.address).toBe('default:7233');
  });

  it.each<Record<string, string>>([
    { TEMPORAL_TLS_CLIENT_CERT_PATH: 'client.crt', TEMPORAL_TLS_CLIENT_KEY_PATH: 'client.key', ...ADDRESS },
    { TEMPORAL_CONFIG_FILE: 'temporal.toml', TEMPORAL_PROFILE: 'mtls' },
  ])('with a client certificate: %j', (env) => {
    const { target, problems } = read(env);
    expect(problems).toEqual([]);
    const tls = target?.tls;
    const { crt, key } = (typeof tls === 'object' && tls?.clientCertPair) || {};
    expect(Buffer.from(crt ?? '').toString()).toBe(pair.cert);
    expect(Buffer.from(key ?? '').toString()).toBe(pair.key);
  });

  it('with TLS, an authority and a name', () => {
    const { target } = read({
      ...ADDRESS,
      TEMPORAL_TLS_SERVER_CA_CERT_PATH: 'ca.crt',
      TEMPORAL_TLS_SERVER_NAME: 'name',
    });
    expect(target?.tls).toMatchObject({ serverNameOverride: 'name', serverRootCACertificate: expect.anything() });
    expect(read({ ...ADDRESS, TEMPORAL_TLS: 'true' }).target?.tls).toBeTruthy();
  });

  it('with headers, each underscore of the name a hyphen', () => {
    expect(read({ ...ADDRESS, TEMPORAL_GRPC_META_X_MY_HEADER: 'value' }).target?.metadata).toEqual({
      'x-my-header': 'value',
    });
  });
});

describe('what cannot be right, by one line without secrets', () => {
  it.each([
    [{ TEMPORAL_TLS_CLIENT_KEY_PATH: 'client.key' }, 'TEMPORAL_TLS_CLIENT_KEY_PATH: a client certificate needs both'],
    [{ TEMPORAL_TLS_CLIENT_CERT_PATH: 'client.crt' }, 'Set TEMPORAL_TLS_CLIENT_KEY_PATH, or unset it.'],
    [{ TEMPORAL_CONFIG_FILE: 'temporal.toml', TEMPORAL_PROFILE: 'half' }, 'a client certificate needs both'],
    [
      { TEMPORAL_TLS_CLIENT_CERT_PATH: 'client.crt', TEMPORAL_TLS_CLIENT_KEY_PATH: 'other.key' },
      'the key does not belong to the certificate.',
    ],
    [
      { TEMPORAL_TLS_CLIENT_CERT_PATH: 'client.key', TEMPORAL_TLS_CLIENT_KEY_PATH: 'client.key' },
      'TEMPORAL_TLS_CLIENT_CERT_PATH: the file',
    ],
    [{ TEMPORAL_TLS_SERVER_CA_CERT_PATH: 'none.crt' }, 'none.crt cannot be read (ENOENT).'],
    [{ TEMPORAL_TLS_SERVER_CA_CERT_DATA: 'hidden' }, 'its value is not a certificate in PEM.'],
    [
      { TEMPORAL_TLS_SERVER_CA_CERT_PATH: 'ca.crt', TEMPORAL_TLS_SERVER_CA_CERT_DATA: 'hidden' },
      'TEMPORAL_TLS_SERVER_CA_CERT_PATH and TEMPORAL_TLS_SERVER_CA_CERT_DATA: both are given',
    ],
    [{ TEMPORAL_TLS: 'false', TEMPORAL_API_KEY: 'hidden' }, 'TLS is switched off, but an API key is given.'],
    [
      { TEMPORAL_TLS: 'false', TEMPORAL_TLS_SERVER_NAME: 'x' },
      'TLS is switched off, but certificates or a server name are',
    ],
    [
      { TEMPORAL_PROFILE: 'clowd', TEMPORAL_CONFIG_FILE: 'temporal.toml' },
      'has no profile "clowd". Choose one of default, cloud',
    ],
    [{ TEMPORAL_PROFILE: 'cloud' }, 'has no profile "cloud". Name a file with it in TEMPORAL_CONFIG_FILE.'],
    [{ TEMPORAL_CONFIG_FILE: 'none.toml' }, 'TEMPORAL_CONFIG_FILE: there is no file'],
    [{ TEMPORAL_CONFIG_FILE: 'broken.toml' }, 'broken.toml cannot be read: Invalid TOML document'],
  ])('%j', (env, line) => {
    const { target, problems } = read({ ...ADDRESS, ...(env as Record<string, string>) });
    expect(problems).toEqual([expect.stringContaining(line)]);
    expect(problems.join()).not.toContain('hidden');
    expect(target).toBeUndefined();
  });
});
