import type { ClusterClient } from '../../clusters/cluster-client.js';
import { describeReference, type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { followUntil } from './follow-until.js';
import type { Pulse } from './pulse.js';

/**
 * Removes helper objects, and what comes up in their place meanwhile, until a look finds none.
 *
 * @param options.keep called with each object once, before it is removed
 * @param options.gracePeriodSeconds of pods; their own where nothing is said
 * @returns how many there were
 */
export async function removeHelpers(
  client: ClusterClient,
  pulse: Pulse,
  options: {
    list: () => Promise<KubeObject[]>;
    keep: (helper: KubeObject) => Promise<void>;
    gracePeriodSeconds?: number;
  },
): Promise<number> {
  const { signal } = pulse;
  const { list, keep, gracePeriodSeconds } = options;
  const removed = new Set<string | undefined>();
  for (;;) {
    const helpers = await list();
    if (helpers.length === 0) return removed.size;
    await Promise.all(
      helpers.map(async (helper) => {
        const { uid } = helper.metadata;
        if (!removed.has(uid)) await keep(helper);
        removed.add(uid);
        await client.remove(referenceOf(helper), { gracePeriodSeconds, propagationPolicy: 'Background', uid, signal });
      }),
    );
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
