import type { Kubectl } from '../../lab/demo/kubectl.js';

/** Types whose objects come and go by themselves, whatever we do. */
export const RESTLESS = new Set([
  'events',
  'events.events.k8s.io',
  'leases.coordination.k8s.io',
  'endpoints',
  'endpointslices.discovery.k8s.io',
  'ipaddresses.networking.k8s.io',
  'componentstatuses',
  'pods.metrics.k8s.io',
  'nodes.metrics.k8s.io',
]);

/** `type namespace/name` of every object of every listable type of a cluster. */
export async function inventory(cluster: Kubectl): Promise<Set<string>> {
  const types = (await cluster.run(['api-resources', '--verbs=list', '-o', 'name']))
    .split('\n')
    .filter((type) => !RESTLESS.has(type));
  const lines = await cluster.run([
    'get',
    types.join(','),
    '-A',
    '--ignore-not-found',
    '-o',
    'go-template={{range .items}}{{.kind}} {{or .metadata.namespace ""}}/{{.metadata.name}}{{"\\n"}}{{end}}',
  ]);
  return new Set(lines.split('\n').filter((line) => line !== ''));
}

export const added = (before: Set<string>, after: Set<string>): string[] =>
  [...after].filter((line) => !before.has(line)).sort();
export const removed = (before: Set<string>, after: Set<string>): string[] => added(after, before);
