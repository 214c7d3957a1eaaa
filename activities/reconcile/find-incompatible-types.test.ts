import { expect, it } from 'vitest';
import type { ApiResource, ClusterClient } from '../../clusters/cluster-client.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { findIncompatibleTypes } from './find-incompatible-types.js';

// cspell:ignore customresourcedefinitions

const WIDGET = { group: 'shop.example', version: 'v1', kind: 'Widget' };
const type = (version = 'v1'): ApiResource => ({
  ...WIDGET,
  version,
  apiVersion: `shop.example/${version}`,
  resource: 'widgets',
  namespaced: true,
  verbs: ['list', 'create'],
});

/** As much of a cluster as is asked: the versions it serves of a type, its definition, and one object of it. */
const cluster = ({ served = [] as string[], defined = false }): ClusterClient =>
  ({
    discover: async () => served.map((version) => type(version)),
    resourceOf: async ({ apiVersion }: { apiVersion: string }) =>
      served.map((version) => type(version)).find((candidate) => candidate.apiVersion === apiVersion),
    get: async ({ name }: { name: string }) => (defined && name === 'widgets.shop.example' ? {} : undefined),
    list: async () => ({ items: [{ metadata: { name: 'one' } } as KubeObject] }),
  }) as unknown as ClusterClient;

const DEFINED = cluster({ served: ['v1'], defined: true });

it.each<[string, ClusterClient, ClusterClient, string[], boolean]>([
  ['whose definition comes along', DEFINED, cluster({}), [], false],
  ['whose definition is excluded', DEFINED, cluster({}), ['customresourcedefinitions'], true],
  [
    'whose definition is excluded by its full name',
    DEFINED,
    cluster({}),
    ['customresourcedefinitions.apiextensions.k8s.io'],
    true,
  ],
  ['of a version that the definition there lacks', DEFINED, cluster({ served: ['v2'], defined: true }), [], true],
  ['that the target serves', DEFINED, DEFINED, [], false],
  ['of an aggregated API', cluster({ served: ['v1'] }), cluster({}), [], true],
])('a kind %s', async (_, source, target, excluded, isTold) => {
  const { namespaces } = await findIncompatibleTypes({ source, target }, ['shop'], excluded);
  expect(namespaces).toEqual(isTold ? [{ name: 'shop', gvks: [WIDGET] }] : []);
});
