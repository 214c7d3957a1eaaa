import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../meta/kube-object.js';
import { LABELS } from '../meta/labels.js';
import { foreignHelperFindings } from './foreign-helpers.js';

const CARRIES = { [LABELS.helper]: 'anything' };
const object = (kind: string, name: string, labels?: object, spec: object = {}): KubeObject =>
  ({ apiVersion: 'v1', kind, metadata: { name, namespace: 'shop', labels }, spec }) as KubeObject;
const template = { metadata: { labels: CARRIES } };

describe('ForeignHelperLabel', () => {
  it('names each workload and pod that carries the label of helpers, also in its template', () => {
    const [finding] = foreignHelperFindings([
      object('Deployment', 'labeled', CARRIES),
      object('StatefulSet', 'templated', {}, { template }),
      object('CronJob', 'nightly', {}, { jobTemplate: { spec: { template } } }),
      object('Pod', 'bare', CARRIES),
      object('Deployment', 'plain', { app: 'web' }, { template: { metadata: { labels: { app: 'web' } } } }),
    ]);
    expect(finding).toMatchObject({
      type: 'ForeignHelperLabel',
      category: 'Critical',
      items: ['CronJob shop/nightly', 'Deployment shop/labeled', 'Pod shop/bare', 'StatefulSet shop/templated'],
    });
  });

  it('does not repeat what follows from a workload', () => {
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: '1', controller: true };
    const pod = object('Pod', 'web-1', CARRIES);
    expect(foreignHelperFindings([{ ...pod, metadata: { ...pod.metadata, ownerReferences: [owner] } }])).toEqual([]);
  });
});
