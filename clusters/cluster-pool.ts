import type { ClusterAccess } from './cluster-access.js';
import type { ClusterClient, ClusterConnections } from './cluster-client.js';
import { type ConnectedCluster, connectCluster } from './connect-cluster.js';

/** The newest credentials of a MigCluster. */
export interface StoredAccess {
  /** uid of the MigCluster. */
  uid: string;
  /** Changes whenever address or credentials do, e.g. the resourceVersions of MigCluster and Secret. */
  revision: string;
  access: ClusterAccess;
}

/** Milliseconds after which a client that is not asked for anything is closed: its MigCluster may be gone. */
const IDLE = 10 * 60_000;

/**
 * One client per MigCluster, kept while its credentials stay the same. A replaced client takes no new calls; those it is in the
 * middle of may end.
 *
 * @param idle milliseconds after which a client without a call or a watch is closed, when another one is asked for
 * @param find looks up the newest credentials; called at each connect, its errors are the caller's
 */
export function createClusterPool(
  find: (cluster: { namespace: string; name: string }) => Promise<StoredAccess>,
  { idle = IDLE }: { idle?: number } = {},
): ClusterConnections {
  const clients = new Map<string, { revision: string; client: ConnectedCluster }>();
  const closing = new Set<Promise<void>>();

  const retire = (client: ClusterClient) => {
    const closed = client.close().finally(() => closing.delete(closed));
    closing.add(closed);
  };

  const evictIdle = (used: string) => {
    for (const [uid, { client }] of clients) {
      if (uid !== used && client.idleFor > idle) {
        clients.delete(uid);
        retire(client);
      }
    }
  };

  return {
    async connect(cluster) {
      const { uid, revision, access } = await find(cluster);
      evictIdle(uid);
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
