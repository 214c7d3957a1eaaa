import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { ClusterAccess } from '../../clusters/cluster-access.js';
import type { ClusterConnections } from '../../clusters/cluster-client.js';
import { createClusterPool } from '../../clusters/cluster-pool.js';
import { type HostCluster, readHostAccess } from '../../clusters/host-cluster.js';
import type { MigrationStore } from '../../migrations-db/migration-store.js';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { shownAddress } from '../../resources/meta/user-info.js';
import { clusterUse } from './cluster-use.js';
import { readCredential } from './stored-credential.js';

/** Key of a cluster's Secret that holds the service account's token. */
export const TOKEN_KEY = 'saToken';

/**
 * Connections by MigCluster. Address and token are read from the store at each connect, so that renewed credentials are used by the
 * next call; the connection is kept while they stay the same.
 *
 * `connect` rejects with a StepFailure when MigCluster or Secret are missing or the token was given for another address, and with
 * InvalidClusterAccess when they are invalid.
 *
 * @param host what a MigCluster with `isHostCluster: true` means; the operator of the service has chosen its address
 * @param addresses where no connection is made to, whatever a MigCluster says
 */
export function createClusterConnections(
  store: MigrationStore,
  logger: Logger,
  host: HostCluster = {},
  addresses: { refuseLoopback?: boolean } = {},
): ClusterConnections {
  return createClusterPool(async ({ namespace, name }) => {
    const cluster = await store.resources.get({ kind: 'MigCluster', namespace, name });
    if (!cluster) {
      throw new StepFailure({
        type: FAILURE.NotFound,
        what: `There is no MigCluster ${name}`,
        where: `namespace ${namespace}`,
        why: 'It was deleted, or its name is misspelt.',
        next: 'Create it, or correct the reference.',
      });
    }
    const access = await readAccess(store, cluster, host, addresses);
    const revision = createHash('sha256').update(JSON.stringify(access)).digest('hex');
    logger.debug({ cluster: name, server: shownAddress(access.server) }, 'cluster looked up');
    return { uid: cluster.metadata.uid ?? '', revision, access };
  });
}

async function readAccess(
  store: MigrationStore,
  cluster: KubeObject,
  host: HostCluster,
  addresses: { refuseLoopback?: boolean },
): Promise<ClusterAccess> {
  const { name } = cluster.metadata;
  const { spec } = cluster;
  if (spec.isHostCluster) return readHostCluster(name, host);
  const { url: server = '', caBundle, insecure = false } = spec;
  const access = { name, server, caBundle, insecure, ...addresses };
  const ref = spec.serviceAccountSecretRef;
  const found = ref && (await readCredential(store, clusterUse(access, ref, TOKEN_KEY)));
  const token = found?.values[TOKEN_KEY]?.toString('utf8').trim();
  if (token) return { ...access, token, serverKey: found?.address?.serverKey };
  throw new StepFailure({
    type: FAILURE.CredentialsRejected,
    what: `MigCluster ${name} has no token`,
    where: ref ? `Secret ${ref.namespace}/${ref.name}` : `MigCluster ${name}, spec.serviceAccountSecretRef`,
    why: found ? `Key ${TOKEN_KEY} is missing or empty.` : 'The Secret is not there.',
    next: `Create the Secret with the token of the cluster's service account in key ${TOKEN_KEY}.`,
  });
}

async function readHostCluster(name: string, host: HostCluster): Promise<ClusterAccess> {
  const missing = (why: string, cause?: unknown): StepFailure =>
    new StepFailure(
      {
        type: FAILURE.CredentialsRejected,
        what: `MigCluster ${name} is the host cluster, but this service has none it can use`,
        where: `MigCluster ${name}, spec.isHostCluster`,
        why,
        next: 'Set MTC_HOST_KUBECONFIG to a kubeconfig file, or give the MigCluster url and serviceAccountSecretRef instead.',
      },
      { cause },
    );
  const access = await readHostAccess(name, host).catch((error: NodeJS.ErrnoException) => {
    // A file that cannot be read; its content is judged by its reader.
    throw error.code === undefined ? error : missing(`Its credentials cannot be read (${error.code}).`, error);
  });
  if (access) return access;
  throw missing('The service does not run in a cluster and MTC_HOST_KUBECONFIG is not set.');
}
