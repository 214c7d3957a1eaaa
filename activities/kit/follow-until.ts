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
  }: {
    signal: AbortSignal;
    /** Of the wait this is a part of: the operator sees there the last event of the first object that is not done. */
    pulse?: Pick<Pulse, 'about'>;
    /** With those not yet done; `progressed` when one more is done. */
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

  const update = (uid: string | undefined, object: KubeObject | undefined): void => {
    if (!pending.has(uid)) return;
    const done = object === undefined || isDone(object);
    if (done) pending.delete(uid);
    else pending.set(uid, object);
    tell(done);
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
