import type { KubeObject } from '../meta/kube-object.js';

/** In the shape of MTC's `status.unhealthyResources`: names by namespace and kind. */
export interface UnhealthyResources {
  namespaces: { name: string; workloads: { name: string; resources: string[] }[] }[];
}

/** Undefined for none. Kinds are named in the plural, as MTC does: `Pods`. */
export function unhealthyResources(objects: readonly KubeObject[]): UnhealthyResources | undefined {
  if (objects.length === 0) return undefined;
  const byNamespace = Map.groupBy(objects, ({ metadata }) => metadata.namespace ?? '');
  const namespaces = [...byNamespace].map(([name, members]) => ({
    name,
    workloads: [...Map.groupBy(members, ({ kind }) => `${kind}s`)].map(([plural, ofKind]) => ({
      name: plural,
      resources: ofKind.map(({ metadata }) => metadata.name),
    })),
  }));
  return { namespaces };
}
