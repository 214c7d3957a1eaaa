import type { KindDefinition } from '../../resources/meta/kind-definition.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { isObject, mergePatch } from '../patch/merge-patch.js';

/**
 * What a PUT without the field `finalizers` leaves of them. A manifest from a file, which carries no resourceVersion, does not mean to drop any. What was
 * read and is written back is: clients in Go write an empty list as none. The system's own stay until the object is deleted, as if its
 * controller had put them on again.
 */
export function keepFinalizers(definition: KindDefinition, body: unknown, current: KubeObject): unknown {
  const { finalizers, deletionTimestamp } = current.metadata;
  if (!isObject(body) || !finalizers) return body;
  const metadata = isObject(body.metadata) ? body.metadata : {};
  if ('finalizers' in metadata) return body;
  if (!metadata.resourceVersion) return mergePatch(body, { metadata: { finalizers } });
  const kept = deletionTimestamp ? [] : finalizers.filter((finalizer) => definition.finalizers?.includes(finalizer));
  return kept.length > 0 ? mergePatch(body, { metadata: { finalizers: kept } }) : body;
}
