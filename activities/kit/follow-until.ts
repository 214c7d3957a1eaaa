import type { ClusterClient } from '../../clusters/cluster-client.js';
import { type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import type { Pulse } from './pulse.js';

/**
 * Follows objects, by one watch per namespace and kind, until each of them was seen as it should be, or is gone.
 *
 * @param found the objects as they were last read
 */
export async function followUntil(
  client: ClusterClient,
  found: readonly KubeObject[],
  isDone: (object: KubeObject) => boolean,
  {
    signal,
    onChange,
    pulse,
    progressOf,
  }: {
    signal: AbortSignal;
    /** Of the wait this is a part of: the operator sees there the last event of the first object that is not done. */
    pulse?: Pick<Pulse, 'about'>;
    /** How far an object has come: more than ever before is progress too. */
    progressOf?: (object: KubeObject) => number;
    /** With those not yet done; `progressed` when one more is done, or has come further. */
    onChange: (pending: KubeObject[], progressed: boolean) => void;
  },
): Promise<void> {
  const pending = new Map(found.filter((object) => !isDone(object)).map((object) => [object.metadata.uid, object]));
  if (pending.size === 0) return;
  const tell = (progressed: boolean): void => {
    const [first] = pending.values();
    if (first) pulse?.about(client, first);
    onChange([...pending.values()], progressed);
  };
  tell(true);

  const farthest = new Map([...pending].map(([uid, object]) => [uid, progressOf?.(object) ?? 0]));
  const hasComeFurther = (uid: string | undefined, object: KubeObject): boolean => {
    const before = farthest.get(uid) ?? 0;
    const now = progressOf?.(object) ?? 0;
    farthest.set(uid, Math.max(before, now));
    return now > before;
  };
  const update = (uid: string | undefined, object: KubeObject | undefined): void => {
    if (!pending.has(uid)) return;
    const done = object === undefined || isDone(object);
    const moved = done || hasComeFurther(uid, object);
    if (done) pending.delete(uid);
    else pending.set(uid, object);
    tell(moved);
  };
  const stop = new AbortController();
  const follow = async (group: KubeObject[]): Promise<void> => {
    const uids = group.map(({ metadata }) => metadata.uid);
    const { apiVersion, kind, namespace } = referenceOf(group[0] as KubeObject);
    const watch = client.watch({ apiVersion, kind }, { namespace, signal: AbortSignal.any([signal, stop.signal]) });
    for await (const event of watch) {
      if (event.type === 'SYNCED') {
        for (const uid of uids) {
          update(
            uid,
            event.objects.find(({ metadata }) => metadata.uid === uid),
          );
        }
      } else {
        update(event.object.metadata.uid, event.type === 'DELETED' ? undefined : event.object);
      }
      if (!uids.some((uid) => pending.has(uid))) return;
    }
  };
  const groups = Map.groupBy(pending.values(), ({ kind, metadata }) => `${metadata.namespace}/${kind}`);
  try {
    await Promise.all([...groups.values()].map(follow));
  } finally {
    stop.abort();
  }
}
