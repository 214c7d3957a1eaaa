import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { envelope, message, text } from './protobuf-bytes.js';
import { TestApi } from './test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start();
});
afterAll(() => api?.close());

const ACCESS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

describe('kubectl auth', () => {
  it.each([
    ['create', 'migplans', 'yes'],
    ['*', 'migmigrations.migration.openshift.io', 'yes'],
    ['delete', 'migrationcontrollers', 'no'],
    ['create', 'migmigrations', 'yes', '--subresource=retry'],
    ['delete', 'migmigrations', 'no', '--subresource=retry'],
    ['get', 'secrets', 'yes'],
    ['get', '/version', 'yes'],
    ['post', '/version', 'no'],
  ])('can-i %s %s: %s', async (verb, resource, answer, ...more) => {
    const { stdout, stderr, code } = await api.kubectl(
      'auth',
      'can-i',
      verb,
      resource,
      '-n',
      'openshift-migration',
      ...more,
    );
    expect([stdout.trim().split(' ')[0], stderr.replaceAll(/^Warning.*\n/gm, '')]).toEqual([answer, '']);
    expect(code).toBe(answer === 'yes' ? 0 : 1);
  });

  it('lists what can be done, and who one is', async () => {
    const { stdout } = await api.kubectl('auth', 'can-i', '--list');
    expect(stdout).toMatch(/migplans\.migration\.openshift\.io +\[\] +\[\] +\[create delete/);
    const who = await api.kubectl('auth', 'whoami');
    expect([who.stderr, who.stdout]).toEqual(['', expect.stringContaining('mtc-admin')]);
  });
});

it('a review can be asked for in JSON and protobuf alike', async () => {
  const resourceAttributes = { verb: 'list', resource: 'pods', namespace: 'a' };
  const json = await api.request('POST', ACCESS, { spec: { resourceAttributes } });
  expect(json.code).toBe(201);
  expect(json.body.status).toEqual({ allowed: false, reason: expect.stringContaining('not offered') });
  const attributes = message(1, text(1, ''), text(2, 'list'), text(3, ''), text(4, ''), text(5, 'configmaps'));
  const body = envelope('authorization.k8s.io/v1', 'SelfSubjectAccessReview', message(1), message(2, attributes));
  const response = await api.fetch(ACCESS, {
    method: 'POST',
    body,
    headers: { 'Content-Type': 'application/vnd.kubernetes.protobuf' },
  });
  expect(await response.json()).toMatchObject({ kind: 'SelfSubjectAccessReview', status: { allowed: true } });
});

it.each([{ spec: {} }, { spec: 5 }, 5, { kind: 'Pod' }, { spec: { resourceAttributes: { verb: 1 } } }])(
  'a review that asks nothing is refused: %j',
  async (body) => {
    expect((await api.request('POST', ACCESS, body)).code).toBe(400);
  },
);

it('the version has all that clients in Python want of one', async () => {
  const { body } = await api.request('GET', '/version');
  for (const field of [
    'major',
    'minor',
    'gitVersion',
    'gitCommit',
    'gitTreeState',
    'buildDate',
    'goVersion',
    'compiler',
    'platform',
  ]) {
    expect(typeof body[field], field).toBe('string');
  }
  expect(Number.isNaN(Date.parse(body.buildDate))).toBe(false);
});
