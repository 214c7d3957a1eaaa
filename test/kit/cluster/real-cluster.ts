import type { ClusterAccess } from '../../../clusters/cluster-access.js';
import { readLocalKubeconfig } from '../../../commands/local-kubeconfig.js';
import { fromEnvironment } from '../system/system.js';

/** File of one of the two clusters that end-to-end tests work on; `npm run lab -- env` prints both. */
export function kubeconfigOf(side: 'source' | 'target'): string {
  return fromEnvironment(`${side.toUpperCase()}_KUBECONFIG`);
}

export async function administratorOf(side: 'source' | 'target'): Promise<ClusterAccess> {
  return { ...(await readLocalKubeconfig(kubeconfigOf(side))), name: side };
}

/** An image with a shell that both clusters can pull: the transfer image serves. */
export const shellImage = (): string => fromEnvironment('TRANSFER_IMAGE');
