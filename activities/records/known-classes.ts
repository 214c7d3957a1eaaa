import type { CallOptions, ClusterClient } from '../../clusters/cluster-client.js';
import { defaultClasses } from '../../resources/plan/default-class.js';
import { CLASS_TYPES, DEFAULT_CLASS, type KnownClasses } from '../../resources/plan/missing-classes.js';
import { readObjects } from '../kit/read-objects.js';

/** The classes a cluster has, by kind. */
export async function readClasses(client: ClusterClient, { signal }: CallOptions = {}): Promise<KnownClasses> {
  const read = await readObjects(client, CLASS_TYPES, { namespaces: [], signal });
  // A kind may be served in several versions.
  return new Map(
    [...Map.groupBy(read, ({ type }) => type.kind)].map(([kind, lists]) => {
      const objects = lists.flatMap((list) => list.objects);
      const hasDefault = kind === 'StorageClass' && defaultClasses(objects).length > 0;
      return [kind, new Set([...objects.map(({ metadata }) => metadata.name), ...(hasDefault ? [DEFAULT_CLASS] : [])])];
    }),
  );
}
