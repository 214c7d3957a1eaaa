import type { MigrationStore } from '../../migrations-db/migration-store.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { helperUidOf, isHelper } from '../../resources/workloads/helpers.js';

/** Leaves out helpers of runs that this service has recorded. What only carries their label stays in. */
export type WithoutHelpers = (objects: readonly KubeObject[]) => Promise<KubeObject[]>;

/** Asks the store only about labels that are there. */
export const withoutHelpers =
  ({ runs }: Pick<MigrationStore, 'runs'>): WithoutHelpers =>
  async (objects) => {
    const known = await recordedRuns({ runs }, objects);
    return objects.filter((object) => !isHelper(object, known));
  };

/** uids of recorded runs that objects say they are helpers of. */
export async function recordedRuns(
  { runs }: Pick<MigrationStore, 'runs'>,
  objects: readonly KubeObject[],
): Promise<Set<string>> {
  const uids = [...new Set(objects.flatMap((object) => helperUidOf(object) ?? []))];
  return uids.length === 0 ? new Set() : runs.recorded(uids);
}
