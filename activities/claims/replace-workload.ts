import type { ClusterClient } from '../../clusters/cluster-client.js';
import { isAlreadyExists, isConflict } from '../../clusters/kubernetes-api-error.js';
import { waitUntilGone } from '../../clusters/wait-for.js';
import { describeReference, type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import type { RunRef } from '../../resources/run/run-record.js';
import { replacementOf } from '../../resources/workloads/replacement.js';
import { createOwn } from '../kit/create-own.js';
import type { Pulse } from '../kit/pulse.js';
import { type SavedWorkload, savedWorkload } from './saved-workloads.js';

/**
 * Deletes a workload and creates it again as `wanted`, under its name. Before it is deleted the cluster has agreed to take it, and a
 * helper keeps it, so that {@link finishReplacement} brings it back whenever a worker dies in between.
 *
 * @returns false when the workload was changed in between: nothing was done, and it must be read again
 */
export async function replaceWorkload(
  client: ClusterClient,
  run: RunRef,
  before: KubeObject,
  wanted: KubeObject,
  pulse: Pulse,
): Promise<boolean> {
  const { signal } = pulse;
  const manifest = replacementOf(wanted);
  await rehearse(client, manifest, signal);
  const helper = await createOwn(client, savedWorkload(run, before, manifest), { signal });
  if (!(await isDeleted(client, before, signal))) {
    await removeHelper(client, helper, signal);
    return false;
  }
  await finishReplacement(client, { helper, manifest, uid: before.metadata.uid ?? '' }, pulse);
  return true;
}

/** False when it is no longer the one that was read. */
async function isDeleted(client: ClusterClient, before: KubeObject, signal: AbortSignal): Promise<boolean> {
  const { uid, resourceVersion } = before.metadata;
  // The pods of a Job are deleted with it: nothing else would ever remove them. Claims and revisions of a StatefulSet stay.
  const propagationPolicy = before.kind === 'Job' ? 'Background' : 'Orphan';
  try {
    await client.remove(referenceOf(before), { propagationPolicy, uid, resourceVersion, signal });
    return true;
  } catch (error) {
    if (!isConflict(error)) throw error;
    // The answer to an earlier call may have been lost: that the object is being deleted has changed its resourceVersion.
    const now = await client.get(referenceOf(before), { signal });
    return now?.metadata.uid !== uid || now?.metadata.deletionTimestamp !== undefined;
  }
}

/** Continues a replacement from where it is, whether the workload is still there, on its way out, gone or there again. */
export async function finishReplacement(client: ClusterClient, saved: SavedWorkload, pulse: Pulse): Promise<void> {
  const { signal } = pulse;
  const { helper, manifest, uid } = saved;
  const found = await client.get(referenceOf(manifest), { signal });
  const isUntouched = found?.metadata.uid === uid && found.metadata.deletionTimestamp === undefined;
  if (!isUntouched) {
    const title = describeReference(referenceOf(manifest));
    pulse.observe('It was deleted to be created again.', `${title} to be gone`);
    await waitUntilGone(client, referenceOf(manifest), {
      uid,
      signal,
      onChange: (object) => {
        const held = object?.metadata.finalizers ?? [];
        if (held.length > 0) pulse.observe(`Finalizers hold it: ${held.join(', ')}.`);
      },
    });
    pulse.moved(`${title} is gone.`);
    await client.createIfAbsent(manifest, { signal });
  }
  await removeHelper(client, helper, signal);
}

const removeHelper = (client: ClusterClient, helper: KubeObject, signal: AbortSignal): Promise<boolean> =>
  client.remove(referenceOf(helper), { uid: helper.metadata.uid, signal });

/** A server checks last whether the name is taken: by then policies, webhooks and validation have agreed. */
async function rehearse(client: ClusterClient, manifest: KubeObject, signal: AbortSignal): Promise<void> {
  try {
    await client.create(manifest, { dryRun: true, signal });
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}
