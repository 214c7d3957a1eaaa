import type { KubeObject, ObjectReference } from '../resources/meta/kube-object.js';
import type { CallOptions, ClusterClient } from './cluster-client.js';

export interface WaitOptions extends CallOptions {
  /** Called with each state seen, undefined while the object is not there. What it throws ends the wait. */
  onChange?: (object: KubeObject | undefined) => void;
}

/**
 * Waits until an object is there and `isReady`. There is no time limit: the signal is one, or what `onChange` throws.
 * Outlasts broken connections and restarts of the API server.
 */
export async function waitForObject(
  client: ClusterClient,
  ref: ObjectReference,
  isReady: (object: KubeObject) => boolean,
  options: WaitOptions = {},
): Promise<KubeObject> {
  for await (const object of states(client, ref, options.signal)) {
    options.onChange?.(object);
    if (object && isReady(object)) {
      return object;
    }
  }
  throw new Error('unreachable: a watch has no end');
}

/** Waits until an object is gone; with `uid`, also when another one has taken its name. */
export async function waitUntilGone(
  client: ClusterClient,
  ref: ObjectReference,
  options: WaitOptions & { uid?: string } = {},
): Promise<void> {
  for await (const object of states(client, ref, options.signal)) {
    options.onChange?.(object);
    if (!object || (options.uid && object.metadata.uid !== options.uid)) {
      return;
    }
  }
}

/** Each state of one object, beginning with the present one; undefined when it is not there. */
async function* states(
  client: ClusterClient,
  ref: ObjectReference,
  signal: AbortSignal | undefined,
): AsyncGenerator<KubeObject | undefined, void, undefined> {
  const { namespace, name } = ref;
  for await (const event of client.watch(ref, { namespace, fieldSelector: `metadata.name=${name}`, signal })) {
    if (event.type === 'SYNCED') {
      yield event.objects[0];
    } else {
      yield event.type === 'DELETED' ? undefined : event.object;
    }
  }
}
