import type { ClusterClient } from '../../clusters/cluster-client.js';
import { describeReference, type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { followUntil } from './follow-until.js';
import type { Pulse } from './pulse.js';

interface RemovalOptions {
  /** Called with each object once, before it is removed. */
  keep: (helper: KubeObject) => Promise<void>;
  /** Of pods; their own where nothing is said. */
  gracePeriodSeconds?: number;
}

/** Requests the deletion of helper objects without waiting for it. */
export async function startRemoval(
  client: ClusterClient,
  helpers: readonly KubeObject[],
  { keep, gracePeriodSeconds, signal }: RemovalOptions & { signal: AbortSignal },
): Promise<void> {
  await Promise.all(
    helpers.map(async (helper) => {
      await keep(helper);
      const { uid } = helper.metadata;
      await client.remove(referenceOf(helper), { gracePeriodSeconds, propagationPolicy: 'Background', uid, signal });
    }),
  );
}

/**
 * Removes helper objects, and those created until then, until none is found.
 *
 * @returns how many there were
 */
export async function removeHelpers(
  client: ClusterClient,
  pulse: Pulse,
  { list, keep, gracePeriodSeconds }: RemovalOptions & { list: () => Promise<KubeObject[]> },
): Promise<number> {
  const { signal } = pulse;
  const removed = new Set<string | undefined>();
  const keepOnce = async (helper: KubeObject): Promise<void> => {
    const { uid } = helper.metadata;
    if (!removed.has(uid)) await keep(helper);
    removed.add(uid);
  };
  for (;;) {
    const helpers = await list();
    if (helpers.length === 0) return removed.size;
    await startRemoval(client, helpers, { keep: keepOnce, gracePeriodSeconds, signal });
    await followUntil(client, helpers, () => false, {
      signal,
      pulse,
      onChange: (left, progressed) => {
        const seen = `${left.length} left: ${left.map((helper) => describeReference(referenceOf(helper))).join(', ')}.`;
        if (progressed) pulse.moved(seen);
        else pulse.observe(seen);
      },
    });
  }
}
