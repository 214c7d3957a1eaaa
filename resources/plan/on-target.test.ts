import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../meta/kube-object.js';
import { differs, onTargetFindings } from './on-target.js';

const object = (kind: string, content: object, metadata: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { namespace: 'shop', name: 'web', ...metadata },
  ...content,
});
const service = (spec: object) => object('Service', { spec });

describe('differs', () => {
  it.each<[KubeObject, KubeObject, boolean]>([
    [object('ConfigMap', { data: { a: '1' } }), object('ConfigMap', { data: { a: '2' } }), true],
    [
      object('ConfigMap', { data: { a: '1' } }),
      object('ConfigMap', { data: { a: '1' } }, { labels: { b: 'c' } }),
      false,
    ],
    [object('Secret', { type: 'Opaque', data: { a: 'MQ==' } }), object('Secret', { type: 'Opaque', data: {} }), true],
    [
      service({ clusterIP: '10.0.0.1', ports: [{ port: 80, nodePort: 30001 }], selector: { app: 'web' } }),
      service({ clusterIP: '10.1.0.1', ports: [{ port: 80, nodePort: 30002 }], selector: { app: 'web' } }),
      false,
    ],
    [service({ ports: [{ port: 80 }] }), service({ ports: [{ port: 81 }] }), true],
    [object('Role', { rules: [] }, { uid: 'a' }), object('Role', { rules: [] }, { uid: 'b' }), false],
    [
      object('Widget', { spec: { a: 1 }, status: { b: 1 } }),
      object('Widget', { spec: { a: 1 }, status: { b: 2 } }),
      false,
    ],
    [object('ServiceAccount', { secrets: [{ name: 'a' }] }), object('ServiceAccount', {}), false],
  ])('%j, %j: %s', (source, target, expected) => {
    expect(differs(source, target, new Map())).toBe(expected);
  });

  it('not where the namespaces that it names are the mapped ones', () => {
    const binding = (namespace: string) =>
      object('RoleBinding', { subjects: [{ kind: 'ServiceAccount', name: 'a', namespace }] });
    expect(differs(binding('shop'), binding('store'), new Map([['shop', 'store']]))).toBe(false);
    expect(differs(binding('shop'), binding('store'), new Map())).toBe(true);
  });
});

it('tells what is down there apart from what runs and what differs', () => {
  const found = {
    down: ['Deployment shop/web'],
    running: ['Deployment shop/api'],
    differing: ['ConfigMap shop/settings'],
  };
  expect(onTargetFindings(found, 'target')).toMatchObject([
    { type: 'WorkloadsDownOnTarget', items: ['Deployment shop/web'] },
    { type: 'ObjectsOnTarget', items: ['Deployment shop/api (runs)', 'ConfigMap shop/settings'] },
  ]);
  expect(onTargetFindings({ down: [], running: [], differing: [] }, 'target')).toEqual([]);
});
