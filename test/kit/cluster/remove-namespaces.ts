import type { Kubectl } from '../../../lab/client/kubectl.js';
import type { KubeObject } from '../../../resources/meta/kube-object.js';

/** Removes namespaces and the volumes of their claims, also those a run has set to Retain; resolves when all are gone. */
export async function removeNamespaces(cluster: Kubectl, names: string[]): Promise<void> {
  const { items } = await cluster.get<{ items: KubeObject[] }>('persistentvolumes');
  const volumes = items
    .filter(({ spec }) => names.includes(spec.claimRef?.namespace))
    .map(({ metadata }) => `persistentvolume/${metadata.name}`);
  const policy = JSON.stringify({ spec: { persistentVolumeReclaimPolicy: 'Delete' } });
  for (const volume of volumes) await cluster.run(['patch', volume, '-p', policy]);
  for (const name of names) {
    await cluster.run(['-n', name, 'delete', 'pods', '--all', '--force', '--grace-period=0', '--wait=false']);
  }
  await cluster.run(['delete', 'namespace', ...names, '--ignore-not-found', '--timeout=120s']);
  if (volumes.length > 0) await cluster.run(['wait', '--for=delete', ...volumes, '--timeout=60s']);
}
