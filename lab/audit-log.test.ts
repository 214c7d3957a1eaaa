import { expect, it } from 'vitest';
import { creationIn } from './audit-log.js';

const event = (verb: string, code: number, objectRef: Record<string, string>) =>
  JSON.stringify({
    verb,
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
