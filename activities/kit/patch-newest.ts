import type { CallOptions, ClusterClient } from '../../clusters/cluster-client.js';
import { isConflict, isNotFound } from '../../clusters/kubernetes-api-error.js';
import { type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import type { MergePatch } from '../../resources/meta/merge-patch.js';

/** Controllers write a busy object's status several times a second; more conflicts in a row mean something else is wrong. */
const TRIES = 20;

/**
 * Patches an object under a resourceVersion that `change` puts into its merge patch. When another client wrote in between, the newest state
 * is read and `change` asked again.
 *
 * @param found the object as it was last read
 * @returns the patched object; undefined when `change` wants nothing or the object is gone
 */
export async function patchNewest(
  client: ClusterClient,
  found: KubeObject,
  change: (newest: KubeObject) => MergePatch | undefined,
  options: CallOptions & { dryRun?: boolean },
): Promise<KubeObject | undefined> {
  const ref = referenceOf(found);
  let newest: KubeObject | undefined = found;
  for (let tries = 1; newest; tries += 1) {
    const patch = change(newest);
    if (!patch) return undefined;
    try {
      return await client.patch(ref, patch, { type: 'merge', ...options });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      if (!isConflict(error) || tries === TRIES) throw error;
      newest = await client.get(ref, options);
    }
  }
  return undefined;
}
