import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../meta/kube-object.js';
import { arrivingPodOf, arrivingWorkload } from './rehearsal.js';

const place = { namespace: 'store', labels: { by: 'us' } };
const object = (apiVersion: string, kind: string, spec: object): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name: 'web', namespace: 'shop', uid: 'u', resourceVersion: '7', labels: { team: 'shop' } },
  spec,
  status: { replicas: 1 },
});

describe('arrivingWorkload', () => {
  it('is what the Restore will create: halted, in its namespace, without what the cluster added', () => {
    expect(arrivingWorkload(object('apps/v1', 'Deployment', { replicas: 3, paused: true }), place)).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'store', labels: { team: 'shop', by: 'us' }, annotations: undefined },
      spec: { replicas: 0 },
    });
  });

  it('drops from a Job what names it by its uid', () => {
    const labels = { app: 'web', 'controller-uid': 'u', 'batch.kubernetes.io/job-name': 'web', 'job-name': 'web' };
    const spec = {
      parallelism: 1,
      selector: { matchLabels: { 'controller-uid': 'u' } },
      template: { metadata: { labels } },
    };
    expect(arrivingWorkload(object('batch/v1', 'Job', spec), place).spec).toEqual({
      parallelism: 0,
      template: { metadata: { labels: { app: 'web' } } },
    });
    const manual = { ...spec, manualSelector: true };
    expect(arrivingWorkload(object('batch/v1', 'Job', manual), place).spec).toEqual({ ...manual, parallelism: 0 });
  });
});

describe('arrivingPodOf', () => {
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app' }] } };

  it('has the claims of a StatefulSet that its containers mount', () => {
    const spec = { template, volumeClaimTemplates: [{ metadata: { name: 'disk' } }] };
    expect(arrivingPodOf(object('apps/v1', 'StatefulSet', spec), place)).toMatchObject({
      metadata: { name: 'web-rehearsal', namespace: 'store', labels: { app: 'web' } },
      spec: {
        containers: [{ name: 'app' }],
        volumes: [{ name: 'disk', persistentVolumeClaim: { claimName: 'disk-web-0' } }],
      },
    });
  });

  it('of a CronJob is one of its Jobs', () => {
    const pod = arrivingPodOf(object('batch/v1', 'CronJob', { jobTemplate: { spec: { template } } }), place);
    expect(pod).toMatchObject({ metadata: { labels: { app: 'web' } }, spec: template.spec });
  });

  it('of a machine is not known beforehand', () => {
    expect(arrivingPodOf(object('kubevirt.io/v1', 'VirtualMachine', { template }), place)).toBeUndefined();
  });
});
