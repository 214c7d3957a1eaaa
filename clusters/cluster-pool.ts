import type { ClusterAccess } from './cluster-access.js';
import type { ClusterClient, ClusterConnections } from './cluster-client.js';
import { connectCluster } from './connect-cluster.js';

/** The newest credentials of a MigCluster. */
export interface StoredAccess {
  /** uid of the MigCluster. */
  uid: string;
  /** Changes whenever address or credentials do, e.g. the resourceVersions of MigCluster and Secret. */
  revision: string;
  access: ClusterAccess;
}

/**
 * One client per MigCluster, kept while its credentials stay the same. A replaced client takes no new calls; those it is in the
 * middle of may end.
 *
 * @param find looks up the newest credentials; called at each connect, its errors are the caller's
 */
export function createClusterPool(
  find: (cluster: { namespace: string; name: string }) => Promise<StoredAccess>,
): ClusterConnections {
  const clients = new Map<string, { revision: string; client: ClusterClient }>();
  const closing = new Set<Promise<void>>();

  const retire = (client: ClusterClient) => {
    const closed = client.close().finally(() => closing.delete(closed));
    closing.add(closed);
  };

  return {
    async connect(cluster) {
      const { uid, revision, access } = await find(cluster);
      const known = clients.get(uid);
      if (known?.revision === revision) {
        return known.client;
      }
      const client = connectCluster(access);
      clients.set(uid, { revision, client });
      if (known) {
        retire(known.client);
      }
      return client;
    },

    async close() {
      for (const { client } of clients.values()) {
        retire(client);
      }
      clients.clear();
      await Promise.all(closing);
    },
  };
}
