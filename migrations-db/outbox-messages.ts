import { isDeepStrictEqual } from 'node:util';
import { REGISTERED } from '../resources/kinds/registrations.js';
import type { Condition } from '../resources/meta/conditions.js';
import type { KubeObject } from '../resources/meta/kube-object.js';
import type { LoggedChange, OutboxMessage } from './migration-store.js';
import { wantsTheSame } from './stored-object.js';

export interface ObjectChange {
  type: LoggedChange['type'];
  object: KubeObject;
  /** Undefined when the object is new. */
  previous?: KubeObject;
  /** A Secret's values, which the object does not show, changed. */
  valuesChanged: boolean;
}

/** What the changed object's own workflow is told; undefined when only its status changed, which the workflow wrote itself. */
export function messageAbout(change: ObjectChange): OutboxMessage['change'] | undefined {
  if (!REGISTERED.reported.has(change.object.kind)) {
    return undefined;
  }
  if (change.type !== 'MODIFIED' || !change.previous) {
    return change.type === 'DELETED' ? 'deleted' : 'created';
  }
  if (startsDeletion(change)) {
    return 'deleting';
  }
  const { object, previous } = change;
  const sameNotes =
    isDeepStrictEqual(object.metadata.labels, previous.metadata.labels) &&
    isDeepStrictEqual(object.metadata.annotations, previous.metadata.annotations);
  return sameNotes && wantsTheSame(object, previous) && !change.valuesChanged ? undefined : 'updated';
}

/** Whether objects that refer to the changed one must be checked again. */
export function concernsReferrers(change: ObjectChange): boolean {
  const { object, previous } = change;
  return (
    REGISTERED.referringTo(object.kind).length > 0 &&
    (previous === undefined ||
      change.type !== 'MODIFIED' ||
      startsDeletion(change) ||
      change.valuesChanged ||
      !wantsTheSame(object, previous) ||
      !isDeepStrictEqual(verdicts(object), verdicts(previous)))
  );
}

const startsDeletion = ({ object, previous }: ObjectChange): boolean =>
  object.metadata.deletionTimestamp !== undefined && previous?.metadata.deletionTimestamp === undefined;

/** Conditions without wording and times. */
const verdicts = (object: KubeObject) =>
  ((object.status?.conditions ?? []) as Condition[]).map(({ type, status, category, reason }) => ({
    type,
    status,
    category,
    reason,
  }));
