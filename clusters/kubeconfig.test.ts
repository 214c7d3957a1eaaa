import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { InvalidClusterAccess } from './cluster-access.js';
import { parseKubeconfig } from './kubeconfig.js';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const kubeconfig = (cluster: object = {}, user: object = { token: 'planted-token' }) =>
  stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'admin',
    clusters: [
      { name: 'c', cluster: { server: 'https://api:6443', 'certificate-authority-data': 'Q0E=', ...cluster } },
    ],
    users: [{ name: 'u', user }],
    contexts: [
      { name: 'admin', context: { cluster: 'c', user: 'u', namespace: 'shop' } },
      { name: 'dangling', context: { cluster: 'c', user: 'missing' } },
    ],
  });
const failureOf = (text: string, context?: string): InvalidClusterAccess => {
  try {
    parseKubeconfig(text, { name: 'source', context });
  } catch (error) {
    if (error instanceof InvalidClusterAccess) {
      return error;
    }
    throw error;
  }
  throw new Error('was accepted');
};

describe('parseKubeconfig', () => {
  it('takes an inline token', () => {
    expect(parseKubeconfig(kubeconfig(), { name: 'source' })).toEqual({
      name: 'source',
      server: 'https://api:6443',
      caBundle: 'Q0E=',
      token: 'planted-token',
    });
  });

  it('takes an inline client certificate', () => {
    const user = { 'client-certificate-data': base64('CERT'), 'client-key-data': base64('KEY') };
    expect(parseKubeconfig(kubeconfig({}, user), { name: 'source' }).clientCert).toEqual({ cert: 'CERT', key: 'KEY' });
  });

  it.each([
    ['exec', { exec: { command: 'rm' } }],
    ['auth-provider', { 'auth-provider': { name: 'gcp' } }],
    ['tokenFile', { tokenFile: '/etc/passwd' }],
    ['client-certificate', { 'client-certificate': '/a.crt' }],
    ['client-key', { 'client-key': '/a.key' }],
    ['password', { password: 'planted-password' }],
    ['as', { token: 'planted-token', as: 'admin' }],
  ])('refuses users[].user.%s by name', (field, user) => {
    const failure = failureOf(kubeconfig({}, user));
    expect(failure.field).toBe(`users[u].user.${field}`);
    expect(failure.message).toContain(`users[u].user.${field} of the kubeconfig`);
    expect(failure.message).not.toContain('planted');
  });

  it.each(['certificate-authority', 'proxy-url', 'tls-server-name'])(
    'refuses clusters[].cluster.%s by name',
    (field) => {
      expect(failureOf(kubeconfig({ [field]: 'x' })).field).toBe(`clusters[c].cluster.${field}`);
    },
  );

  it('says which part is missing', () => {
    expect(failureOf(kubeconfig({}, {})).message).toContain('users[u].user of the kubeconfig has neither token nor');
    expect(failureOf(kubeconfig(), 'nope').message).toBe('contexts of the kubeconfig has no entry "nope".');
    expect(failureOf(kubeconfig(), 'dangling').message).toBe('users of the kubeconfig has no entry "missing".');
    expect(failureOf('clusters: []').field).toBe('current-context');
    expect(failureOf('clusters: [{name: c}]').field).toBe('clusters.0.cluster');
    expect(failureOf('just a text').field).toBe('kubeconfig');
  });

  it('never quotes text that may hold a secret', () => {
    expect(failureOf('token: "planted-token\n{{{').message).toBe('The kubeconfig is not valid YAML.');
  });
});
