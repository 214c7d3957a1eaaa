import { backupLocationName } from '../../../activities/velero/backup-location-manifest.js';
import { connectCluster } from '../../../clusters/connect-cluster.js';
import { registration } from '../../../clusters/preparation/manifests.js';
import { prepareCluster } from '../../../clusters/preparation/prepare-cluster.js';
import type { Kubectl } from '../../../lab/client/kubectl.js';
import { manifest } from '../../../lab/client/manifest.js';
import { NAMESPACE, untilReady } from '../../../lab/client/migrations.js';
import type { KubeObject } from '../../../resources/meta/kube-object.js';
import { administratorOf } from '../cluster/real-cluster.js';
import type { ApiProxy } from '../faults/api-proxy/api-proxy.js';

type Side = 'source' | 'target';

/** Stand before the API servers: the system reaches the clusters through them, the tests themselves do not. */
export type Proxies = Record<Side, ApiProxy>;

/**
 * Makes both clusters and the replication repository known to a system, as prepare-cluster does; they are Ready when this resolves.
 *
 * @returns name of the BackupStorageLocation that the system keeps in both clusters
 */
export async function registerClusters(mtc: Kubectl, proxies?: Proxies): Promise<string> {
  const sides = ['source', 'target'] as const;
  const registrations = await Promise.all(sides.map((side) => prepare(side, proxies?.[side])));
  await mtc.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: registrations.flat() }));
  await mtc.apply(await manifest('repository', process.env));
  await Promise.all([
    ...sides.map((side) => untilReady(mtc, 'migcluster', side)),
    untilReady(mtc, 'migstorage', 'repository'),
  ]);
  const storage = await mtc.get<{ metadata: { uid: string } }>('migstorage', 'repository', '-n', NAMESPACE);
  return backupLocationName(storage.metadata.uid);
}

/** The registration of a cluster, with the address of a proxy in place of its own. */
async function prepare(side: Side, proxy: ApiProxy | undefined): Promise<KubeObject[]> {
  const access = await administratorOf(side);
  const client = connectCluster(access);
  try {
    const token = await prepareCluster(client);
    const objects = registration({ ...access, clientCert: undefined, token });
    if (!proxy) return objects;
    const { server: url, caBundle } = proxy.address;
    return objects.map((object) =>
      object.kind === 'MigCluster' ? { ...object, spec: { ...object.spec, url, caBundle, insecure: false } } : object,
    );
  } finally {
    await client.close();
  }
}
