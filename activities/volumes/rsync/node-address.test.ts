import { expect, it } from 'vitest';
import type { KubeObject } from '../../../resources/meta/kube-object.js';
import { likelyAddresses } from './node-address.js';

interface NodeFields {
  ready?: boolean;
  labels?: Record<string, string>;
  spec?: object;
  external?: string;
  hostname?: string;
  conditions?: object[];
}

const node = (
  address: string,
  { ready = true, labels, spec, external, hostname, conditions = [] }: NodeFields = {},
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: `node-${address}`, labels },
  spec,
  status: {
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'Unknown' }, ...conditions],
    addresses: [
      ...(hostname ? [{ type: 'Hostname', address: hostname }] : []),
      ...(address ? [{ type: 'InternalIP', address }] : []),
      ...(external ? [{ type: 'ExternalIP', address: external }] : []),
    ],
  },
});

it.each<[string, KubeObject[], string[]]>([
  ['none', [], []],
  ['nodes that are ready', [node('1', { ready: false }), node('2')], ['2']],
  ['whatever there is where none is', [node('1', { ready: false })], ['1']],
  ['several', [node('1'), node('2'), node('3')], ['1', '2', '3']],
  ['cordoned ones last', [node('1', { spec: { unschedulable: true } }), node('2')], ['2', '1']],
  [
    'those an autoscaler removes last',
    [node('1', { spec: { taints: [{ key: 'ToBeDeletedByClusterAutoscaler' }] } }), node('2')],
    ['2', '1'],
  ],
  [
    'control planes after workers',
    [node('1', { labels: { 'node-role.kubernetes.io/control-plane': '' } }), node('2')],
    ['2', '1'],
  ],
  [
    'those kept from balancers after others',
    [node('1', { labels: { 'node.kubernetes.io/exclude-from-external-load-balancers': '' } }), node('2')],
    ['2', '1'],
  ],
  [
    'those without network last',
    [node('1', { conditions: [{ type: 'NetworkUnavailable', status: 'True' }] }), node('2')],
    ['2', '1'],
  ],
  [
    'outer addresses first, inner ones too',
    [node('1', { external: 'a' }), node('2', { external: 'b' })],
    ['a', 'b', '1', '2'],
  ],
  ['no host name beside an address', [node('1', { hostname: 'one' })], ['1']],
  ['a host name where there is nothing else', [node('', { hostname: 'one' })], ['one']],
  ['no more than a few', ['1', '2', '3', '4', '5'].map((name) => node(name)), ['1', '2', '3', '4']],
])('addresses of nodes: %s', (_, nodes, expected) => {
  expect(likelyAddresses(nodes)).toEqual(expected);
});
