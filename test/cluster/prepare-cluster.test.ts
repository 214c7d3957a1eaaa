import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { ClusterClient } from '../../clusters/cluster-client.js';
import { connectCluster } from '../../clusters/connect-cluster.js';
import { PREPARATION } from '../../clusters/preparation/manifests.js';
import { isMadeByPreparation } from '../../clusters/preparation/prepare-cluster.js';
import { missingRights } from '../../clusters/rights.js';
import { type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { administratorOf, kubeconfigOf } from '../kit/cluster/real-cluster.js';

describe('prepare-cluster', () => {
  let administrator: ClusterClient;
  let before: (KubeObject | undefined)[];
  /** Undoing would revoke the token that others use this cluster with. */
  let inUse: boolean;

  const command = (...options: string[]) =>
    execa('tsx', ['commands/prepare-cluster.ts', '--kubeconfig', kubeconfigOf('target'), ...options], {
      preferLocal: true,
      stdin: 'ignore',
    });
  const present = () => Promise.all(PREPARATION.map((manifest) => administrator.get(referenceOf(manifest))));
  const comparable = (objects: (KubeObject | undefined)[]) =>
    objects.map((object) => object && [referenceOf(object), object.metadata.uid, object.metadata.labels]);

  beforeAll(async () => {
    administrator = connectCluster(await administratorOf('target'));
    before = await present();
    inUse = before.some((object) => object?.kind === 'Secret' && isMadeByPreparation(object));
  });
  afterAll(() => administrator.close());

  it('only shows what it would do, until it is told to', async () => {
    const { stdout, stderr } = await command();
    expect(stdout).toBe('');
    expect(stderr).toContain('kind: ClusterRole');
    expect(stderr).toContain('Nothing was changed. Run this again with --yes');
    expect(comparable(await present())).toEqual(comparable(before));
  });

  it('makes an account that has all rights that are needed and none beyond, twice as well as once', async () => {
    const { stdout } = await command('--yes', '--name', 'prod-eu');
    const [cluster, secret] = parseAllDocuments(stdout).map((document) => document.toJS() as KubeObject);
    expect(secret).toMatchObject({ kind: 'Secret', metadata: { name: 'prod-eu', namespace: 'openshift-config' } });
    expect(cluster).toMatchObject({
      apiVersion: 'migration.openshift.io/v1alpha1',
      kind: 'MigCluster',
      metadata: { name: 'prod-eu', namespace: 'openshift-migration' },
      spec: { isHostCluster: false, serviceAccountSecretRef: { name: 'prod-eu', namespace: 'openshift-config' } },
    });

    const { url, caBundle, insecure } = cluster?.spec ?? {};
    const token = Buffer.from(secret?.data.saToken, 'base64').toString('utf8');
    const account = connectCluster({ name: 'prod-eu', server: url, caBundle, insecure, token });
    expect(await missingRights(account)).toEqual([]);
    for (const [verb, group, resource] of [
      ['create', 'rbac.authorization.k8s.io', 'clusterrolebindings'],
      ['create', 'networking.k8s.io', 'ingresses'],
      ['patch', '', 'nodes'],
      ['impersonate', '', 'users'],
      ['create', 'velero.io', 'backups'],
    ] as const) {
      expect([verb, resource, (await account.accessReview({ verb, group, resource })).allowed]).toEqual([
        verb,
        resource,
        false,
      ]);
    }
    await account.close();

    const again = await command('--yes', '--name', 'prod-eu');
    expect(again.stderr.match(/ (created|changed)$/gm)).toBeNull();
    expect(again.stderr.match(/ unchanged$/gm)).toHaveLength(PREPARATION.length);
    expect(again.stdout).toBe(stdout);
  });

  it('takes back exactly what it made', async () => {
    if (inUse) {
      expect(comparable(await present())).toEqual(comparable(before));
      return;
    }
    await command('--undo', '--yes');
    expect(comparable(await present())).toEqual(comparable(before));
  });
});
