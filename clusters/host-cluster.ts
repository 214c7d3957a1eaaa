import { readFile } from 'node:fs/promises';
import type { ClusterAccess } from './cluster-access.js';
import { parseKubeconfig } from './kubeconfig.js';

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Access to the host cluster: the one this service runs in, else the one `MTC_HOST_KUBECONFIG` names, else none. Read again each
 * time, because the token in a pod is renewed about once an hour.
 *
 * @throws InvalidClusterAccess, or the file system's error when `MTC_HOST_KUBECONFIG` cannot be read
 */
export async function readHostAccess(
  name: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<ClusterAccess | undefined> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port, MTC_HOST_KUBECONFIG: file } = env;
  if (host) {
    const [token, ca] = await Promise.all([
      readFile(`${SERVICE_ACCOUNT}/token`, 'utf8'),
      readFile(`${SERVICE_ACCOUNT}/ca.crt`),
    ]);
    const server = `https://${host.includes(':') ? `[${host}]` : host}:${port ?? 443}`;
    return { name, server, token, caBundle: ca.toString('base64') };
  }
  return file ? parseKubeconfig(await readFile(file, 'utf8'), { name }) : undefined;
}
