import { expect, it } from 'vitest';
import { creationIn, writeIn } from './audit-log.js';

const event = (verb: string, code: number, objectRef: Record<string, string>, requestURI = '/') =>
  JSON.stringify({
    verb,
    requestURI,
    user: { username: 'admin' },
    objectRef,
    responseStatus: { code },
    requestReceivedTimestamp: '2026-01-01T00:00:00.000000Z',
  });

const deployment = { resource: 'deployments', apiGroup: 'apps', namespace: 'shop', name: 'web' };

it('finds what was created, by POST or by server-side apply', () => {
  const creation = {
    resource: 'deployments.apps',
    namespace: 'shop',
    name: 'web',
    user: 'admin',
    time: '2026-01-01T00:00:00.000000Z',
  };
  expect(creationIn(event('create', 201, deployment))).toEqual(creation);
  expect(creationIn(event('patch', 201, deployment))).toEqual(creation);
  expect(creationIn(event('create', 201, { resource: 'namespaces', name: 'shop' }))).toMatchObject({
    resource: 'namespaces',
    namespace: '',
  });
});

it('leaves out what was refused, changed, or only asked of a subresource', () => {
  expect(creationIn(event('create', 409, deployment))).toBeUndefined();
  expect(creationIn(event('patch', 200, deployment))).toBeUndefined();
  expect(creationIn(event('create', 201, { resource: 'pods', name: 'a', subresource: 'binding' }))).toBeUndefined();
});

it('finds what was written, subresources included', () => {
  expect(writeIn(event('patch', 200, { ...deployment, subresource: 'scale' }))).toMatchObject({
    verb: 'patch',
    resource: 'deployments.apps/scale',
    namespace: 'shop',
    name: 'web',
    user: 'admin',
  });
  expect(writeIn(event('delete', 200, deployment))).toMatchObject({ verb: 'delete' });
});

it.each([
  ['read', event('get', 200, deployment)],
  ['refused', event('patch', 409, deployment)],
  ['rehearsed', event('patch', 200, deployment, '/apis/apps/v1/namespaces/shop/deployments/web?dryRun=All')],
])('counts nothing as written that was %s', (_what, line) => {
  expect(writeIn(line)).toBeUndefined();
});
