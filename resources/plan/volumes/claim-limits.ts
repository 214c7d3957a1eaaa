import type { PersistentVolumeEntry } from '../../kinds/persistent-volume-entry.js';
import type { ConditionFinding } from '../../meta/conditions.js';
import { critical } from '../../meta/findings.js';
import type { KubeObject } from '../../meta/kube-object.js';
import { parseQuantity } from '../../meta/quantity.js';
import { type Mapping, parseMapping } from '../mappings.js';
import { targetSize } from './target-size.js';

/** `min` or `max` of storage that the LimitRanges of a namespace set for claims. */
const storageLimits = (limitRanges: readonly KubeObject[], bound: 'min' | 'max'): string[] =>
  limitRanges
    .flatMap(
      ({ spec }): { type: string; min?: { storage?: string }; max?: { storage?: string } }[] => spec?.limits ?? [],
    )
    .filter(({ type }) => type === 'PersistentVolumeClaim')
    .flatMap((limits) => limits[bound]?.storage ?? []);

/** What a claim asks for in a namespace that admits none that asks for less. */
export const atLeastAllowed = (size: string, limitRanges: readonly KubeObject[]): string =>
  storageLimits(limitRanges, 'min').reduce(
    (best, least) => (parseQuantity(least) > parseQuantity(best) ? least : best),
    size,
  );

/** Claims that the LimitRanges of target namespaces would not admit. `claims` and `limitRanges` are those of the target. */
export function claimLimitFindings(
  entries: readonly PersistentVolumeEntry[],
  namespaces: readonly Mapping[],
  { claims, limitRanges }: { claims: readonly KubeObject[]; limitRanges: readonly KubeObject[] },
): ConditionFinding[] {
  const items = entries.flatMap((entry) => {
    const { selection, pvc } = entry;
    const namespace = namespaces.find(({ source }) => source === pvc.namespace)?.target;
    const name = parseMapping(pvc.name ?? '').target;
    const isThere = claims.some(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
    if (selection.action !== 'copy' || isThere) return [];
    const here = limitRanges.filter(({ metadata }) => metadata.namespace === namespace);
    const size = atLeastAllowed(targetSize(entry), here);
    const most = storageLimits(here, 'max').find((max) => parseQuantity(size) > parseQuantity(max));
    return most === undefined ? [] : [`${namespace}/${name} (${size}, at most ${most})`];
  });
  if (items.length === 0) return [];
  const message =
    'LimitRanges on the target admit no claims as large as those to be created: []. Raise spec.limits[].max.storage there, or skip volumes of the plan.';
  return [critical('TargetQuotaExceeded', 'LimitRange', message, items)];
}
