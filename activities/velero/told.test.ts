import { expect, it } from 'vitest';
import { alreadyThere, refusedObjects } from './told.js';

it.each([
  [
    'shop: could not restore, ConfigMap "settings" already exists. Warning: the in-cluster version is different',
    'shop',
  ],
  ['shop: could not restore, ConfigMap:settings already exists. Warning: the in-cluster version is different', 'shop'],
  ['could not restore, ConfigMap "settings" already exists. Warning: the in-cluster version is different', undefined],
])('%s', (message, namespace) => {
  expect(alreadyThere([message])).toEqual([{ type: 'ConfigMap', namespace, name: 'settings', message }]);
  expect(refusedObjects([message])).toEqual([]);
});

it.each([
  ['shop: error restoring deployments.apps/shop/web: denied', 'deployments.apps', 'shop', 'web'],
  [
    'shop: error restoring rolebindings.rbac.authorization.k8s.io/shop/system:ci: no',
    'rolebindings.rbac.authorization.k8s.io',
    'shop',
    'system:ci',
  ],
  [
    'error restoring clusterroles.rbac.authorization.k8s.io/reader: no',
    'clusterroles.rbac.authorization.k8s.io',
    undefined,
    'reader',
  ],
])('%s', (message, type, namespace, name) => {
  expect(refusedObjects([message])).toEqual([{ type, namespace, name, message }]);
  expect(alreadyThere([message])).toEqual([]);
});

it('what is about no object tells of none', () => {
  expect(alreadyThere(['velero: out of memory'])).toEqual([]);
  expect(refusedObjects(['velero: out of memory'])).toEqual([]);
});
