import { readFile } from 'node:fs/promises';
import type { ClusterAccess } from './cluster-access.js';
import { parseKubeconfig } from './kubeconfig.js';

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The cluster that `isHostCluster: true` means. */
export interface HostCluster {
  /** A kubeconfig file; used when the service does not run in a cluster. */
  kubeconfig?: string;
  /** API server of the cluster this service runs in. */
  inCluster?: { host: string; port: number };
}

/**
 * Access to the host cluster: the one this service runs in, else the one `MTC_HOST_KUBECONFIG` names, else none. Read at each call,
 * because the token in a pod is renewed about once an hour.
 *
 * @throws InvalidClusterAccess, or the file system's error when a file cannot be read
 */
export async function readHostAccess(
  name: string,
  { kubeconfig, inCluster }: HostCluster,
): Promise<ClusterAccess | undefined> {
  if (inCluster) {
    const [token, ca] = await Promise.all([
      readFile(`${SERVICE_ACCOUNT}/token`, 'utf8'),
      readFile(`${SERVICE_ACCOUNT}/ca.crt`),
    ]);
    const { host, port } = inCluster;
    const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
    return { name, server, token, caBundle: ca.toString('base64') };
  }
  return kubeconfig ? parseKubeconfig(await readFile(kubeconfig, 'utf8'), { name }) : undefined;
}
