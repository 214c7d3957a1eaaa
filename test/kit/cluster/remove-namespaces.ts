import type { Kubectl } from '../../../lab/client/kubectl.js';
import type { KubeObject } from '../../../resources/meta/kube-object.js';

/**
 * Removes namespaces and the volumes of their claims, also those a run has set to Retain, which would outlive them. The end of it is not
 * waited for: what follows has namespaces of other names.
 */
export async function removeNamespaces(cluster: Kubectl, names: readonly string[]): Promise<void> {
  const { items } = await cluster.get<{ items: KubeObject[] }>('persistentvolumes');
  const policy = JSON.stringify({ spec: { persistentVolumeReclaimPolicy: 'Delete' } });
  const volumes = items.filter(({ spec }) => names.includes(spec.claimRef?.namespace));
  await Promise.all(volumes.map(({ metadata }) => cluster.run(['patch', 'pv', metadata.name, '-p', policy])));
  const atOnce = ['--force', '--grace-period=0', '--wait=false'];
  await Promise.all(names.map((name) => cluster.run(['-n', name, 'delete', 'pods', '--all', ...atOnce])));
  await cluster.run(['delete', 'namespace', ...names, '--ignore-not-found', '--wait=false']);
}
