import type { ClusterClient } from '../../clusters/cluster-client.js';
import type { SwapDirection } from '../../resources/claims/swap-claims.js';
import { LABELS } from '../../resources/meta/labels.js';
import type { RunRecord } from '../../resources/run/run-record.js';
import { patchNewest } from '../kit/patch-newest.js';

/** Marks the claims that others have replaced, so that no plan takes them for volumes of an application; removes the mark on the way back. */
export async function labelSources(
  client: ClusterClient,
  { volumes, plan }: RunRecord,
  direction: SwapDirection,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(
    volumes.map(async ({ source: { namespace, claim: name } }) => {
      const found = await client.get({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name }, { signal });
      if (!found) return;
      await patchNewest(
        client,
        found,
        ({ metadata }) => {
          const isOurs = metadata.labels?.[LABELS.conversionSource] === plan.uid;
          if (isOurs === (direction === 'forward')) return undefined;
          return {
            metadata: {
              resourceVersion: metadata.resourceVersion,
              labels: { [LABELS.conversionSource]: direction === 'forward' ? plan.uid : null },
            },
          };
        },
        { signal },
      );
    }),
  );
}
