import type { Kubectl } from '../../../lab/client/kubectl.js';
import { NAMESPACE } from '../../../lab/client/migrations.js';

/** The product keeps it; in the lab each system would leave one more that both Veleros check for ever. */
export async function removeBackupLocation(name: string, clusters: readonly Kubectl[]): Promise<void> {
  const args = ['-n', NAMESPACE, 'delete', `backupstoragelocation/${name}`, `secret/${name}`, '--ignore-not-found'];
  await Promise.all(clusters.map((cluster) => cluster.run(args)));
}
