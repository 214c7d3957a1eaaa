import type { PersistentVolumeEntry } from '../../kinds/persistent-volume-entry.js';
import type { ConditionFinding } from '../../meta/conditions.js';
import type { KubeObject } from '../../meta/kube-object.js';
import { LABELS } from '../../meta/labels.js';
import { type Mapping, parseMapping } from '../mappings.js';
import { existingClaimFindings, type TargetClaims, type WantedClaim } from './existing-claims.js';
import { targetSize } from './target-size.js';

/** What the claims that a plan's volumes would be copied into are like, where they are already on the target. */
export function targetClaimFindings(
  entries: readonly PersistentVolumeEntry[],
  namespaces: readonly Mapping[],
  existing: TargetClaims,
  planUid: string,
): ConditionFinding[] {
  const wanted = entries
    .filter(({ selection }) => selection.action === 'copy')
    .map(
      (entry): WantedClaim => ({
        namespace: namespaces.find(({ source }) => source === entry.pvc.namespace)?.target,
        claim: parseMapping(entry.pvc.name ?? '').target,
        capacity: targetSize(entry) || 0,
        allowOverwrite: entry.selection.allowOverwrite === true,
        mayGrow: entry.capacityConfirmed === true,
      }),
    );
  return existingClaimFindings(wanted, existing, isOurs(planUid));
}

const isOurs =
  (planUid: string) =>
  ({ metadata: { labels = {} } }: KubeObject): boolean =>
    labels[LABELS.migratedByPlan] === planUid;
