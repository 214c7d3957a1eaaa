import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { FakeCluster } from '../../test/kit/fakes/fake-cluster.js';
import { createOwn, withContentHash } from './create-own.js';

const service: KubeObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'mtc-rsync', namespace: 'shop', labels: { 'migration.openshift.io/helper': 'run' } },
  spec: { selector: { app: 'a' } },
};

describe('an object under a name that can be known beforehand', () => {
  it('is taken when it is the run’s, with what others have added', async () => {
    const cluster = new FakeCluster('target');
    const made = await createOwn(cluster, service);
    const labels = { ...service.metadata.labels, team: 'shop' };
    cluster.set({ ...made, metadata: { ...made.metadata, labels } });
    expect((await createOwn(cluster, service)).metadata.uid).toBe(made.metadata.uid);
  });

  it.each<[string, Partial<KubeObject['metadata']>]>([
    ['others', { labels: {} }],
    ['another run', { labels: { 'migration.openshift.io/helper': 'other' } }],
  ])('is refused when it is of %s, and stays as it is', async (_, metadata) => {
    const foreign = { ...service, metadata: { ...service.metadata, ...metadata } };
    const cluster = new FakeCluster('target', foreign);
    await expect(createOwn(cluster, service)).rejects.toMatchObject({
      report: { type: 'Refused', where: 'cluster target', what: expect.stringContaining('Service shop/mtc-rsync') },
    });
    expect(cluster.mutations).toEqual([]);
  });

  it('is refused when its content is marked as another one', async () => {
    const cluster = new FakeCluster('target', withContentHash({ ...service, spec: { selector: { app: 'b' } } }));
    await expect(createOwn(cluster, withContentHash(service))).rejects.toMatchObject({ report: { type: 'Refused' } });
  });
});
