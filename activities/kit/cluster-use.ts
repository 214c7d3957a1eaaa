import { authoritiesHash, type ClusterAccess, connectionSettings } from '../../clusters/cluster-access.js';
import { connectCluster } from '../../clusters/connect-cluster.js';
import { KubernetesApiError } from '../../clusters/kubernetes-api-error.js';
import type { CredentialAddress } from '../../migrations-db/migration-store.js';
import type { CredentialUse } from './stored-credential.js';

const PUBLIC = 'public';

/**
 * The token of a cluster, which goes to one host that proves itself as it did at first: by the same CA bundle, or where certificates are not
 * verified, by the same public key.
 *
 * @param access without the token
 */
export function clusterUse(access: ClusterAccess, secret: CredentialUse['secret'], key: string): CredentialUse {
  const { origin } = connectionSettings(access);
  const ca = access.caBundle ? authoritiesHash(access.caBundle, access.name) : PUBLIC;
  return {
    secret,
    key,
    user: `MigCluster ${access.name}`,
    // A key is still asked for when verification is added to it.
    admits: (tied) =>
      tied.origin === origin && (tied.serverKey !== undefined || (!access.insecure && tied.authorities === ca)),
    wanted: describe(access.insecure ? { origin } : { origin, authorities: ca }),
    describe,
    async first(): Promise<CredentialAddress> {
      const serverKey = await greet(access);
      if (!access.insecure) return { origin, authorities: ca };
      if (serverKey) return { origin, serverKey };
      throw new Error(`The server at ${origin} has shown no certificate.`);
    },
  };
}

/**
 * Speaks with the server without the token: a credential is tied to no address that is only misspelt. Resolves with the hash of its key,
 * whatever it answers.
 */
async function greet(access: ClusterAccess): Promise<string | undefined> {
  const client = connectCluster(access);
  try {
    await client.version();
  } catch (error) {
    if (!(error instanceof KubernetesApiError) || error.code === 0) throw error;
  } finally {
    await client.close();
  }
  const [key] = client.serverKeys;
  return key;
}

/** As much of a hash as tells two of them apart. */
const shortHash = (hash: string): string => hash.slice(0, 12);

function describe({ origin, authorities, serverKey }: CredentialAddress): string {
  if (authorities === PUBLIC) return `${origin}, verified by public authorities`;
  if (authorities) return `${origin}, verified by CA bundle ${shortHash(authorities)}`;
  return `${origin}, not verified${serverKey ? ` but known by its key ${shortHash(serverKey)}` : ''}`;
}
