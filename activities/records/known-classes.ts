import type { CallOptions, ClusterClient } from '../../clusters/cluster-client.js';
import { CLASS_TYPES, type KnownClasses } from '../../resources/plan/missing-classes.js';
import { readObjects } from '../kit/read-objects.js';

/** The classes a cluster has, by kind. */
export async function readClasses(client: ClusterClient, { signal }: CallOptions = {}): Promise<KnownClasses> {
  const read = await readObjects(client, CLASS_TYPES, { namespaces: [], signal });
  return new Map(read.map(({ type, objects }) => [type.kind, new Set(objects.map(({ metadata }) => metadata.name))]));
}
