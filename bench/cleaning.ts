import type { Kubectl } from '../lab/client/kubectl.js';

/** All namespaces of the benchmarks begin so. */
export const PREFIX = 'bench-';

interface Volumes {
  items: { metadata: { name: string }; spec: { claimRef?: { namespace: string } } }[];
}

/** Removes the namespaces whose names begin so, and the volumes that were copied into them. */
export async function removeNamespaces(cluster: Kubectl, prefix: string = PREFIX): Promise<void> {
  const volumes = await volumesOf(cluster, prefix);
  // A migration leaves its volumes with reclaim policy Retain: they would stay.
  for (const name of volumes) {
    await cluster.run(['patch', 'pv', name, '-p', '{"spec":{"persistentVolumeReclaimPolicy":"Delete"}}']);
  }
  const { items } = await cluster.get<{ items: { metadata: { name: string } }[] }>('namespaces');
  const names = items.map(({ metadata }) => metadata.name).filter((name) => name.startsWith(prefix));
  if (names.length > 0) await cluster.run(['delete', 'namespace', ...names, '--timeout=300s']);
  if (volumes.length > 0) {
    await cluster.run(['wait', '--for=delete', '--timeout=300s', ...volumes.map((name) => `pv/${name}`)]);
  }
}

async function volumesOf(cluster: Kubectl, prefix: string): Promise<string[]> {
  const { items } = await cluster.get<Volumes>('pv');
  return items.filter(({ spec }) => spec.claimRef?.namespace.startsWith(prefix)).map(({ metadata }) => metadata.name);
}
