import type { MigrationStore } from '../../migrations-db/migration-store.js';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';

/** An object of the API; its uid tells it from one that has taken its name. */
interface Identified {
  kind: 'MigPlan' | 'MigStorage';
  namespace: string;
  name: string;
  uid: string;
}

/**
 * What goes with a deleted object is removed because that is deleted, not because an input says so: an activity may be begun by hand, or
 * again. Asked before each change.
 *
 * @throws StepFailure Refused when the object is there and is not being deleted
 */
export async function refuseUnlessDeleted({ resources }: MigrationStore, object: Identified): Promise<void> {
  const { kind, namespace, name, uid } = object;
  const found = await resources.get({ kind, namespace, name });
  if (found?.metadata.uid !== uid || found.metadata.deletionTimestamp !== undefined) return;
  throw new StepFailure({
    type: FAILURE.Refused,
    what: `What belongs to a ${kind} that is not being deleted stays`,
    where: `${kind} ${namespace}/${name}`,
    why: `The ${kind} is there and has no deletionTimestamp.`,
    next: `Delete the ${kind} if it is to go.`,
  });
}
