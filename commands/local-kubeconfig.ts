import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import type { ClusterAccess } from '../clusters/cluster-access.js';

/**
 * Access with the operator's own kubeconfig on the operator's own machine: unlike one that was uploaded it may name files and run
 * login programs.
 */
export async function readLocalKubeconfig(file: string, context?: string): Promise<ClusterAccess> {
  const config = new KubeConfig();
  config.loadFromFile(file);
  if (context) {
    config.setCurrentContext(context);
  }
  const cluster = config.getCurrentCluster();
  if (!cluster) {
    const known = config.getContexts().map(({ name }) => name);
    throw new Error(
      `${file} has no context "${config.getCurrentContext()}" with a cluster. Choose one with --context: ${known.join(', ')}`,
    );
  }
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const { Authorization: authorization } = { ...options.headers } as Record<string, string | undefined>;
  return {
    name: config.getCurrentContext(),
    server: cluster.server,
    insecure: cluster.skipTLSVerify,
    caBundle: options.ca ? Buffer.from(String(options.ca)).toString('base64') : undefined,
    token: authorization?.replace(/^Bearer /, ''),
    clientCert: options.cert && options.key ? { cert: String(options.cert), key: String(options.key) } : undefined,
  };
}
