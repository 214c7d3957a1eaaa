import type { PersistentVolumeEntry } from '../../kinds/persistent-volume-entry.js';
import type { ConditionFinding } from '../../meta/conditions.js';
import { critical } from '../../meta/findings.js';
import type { KubeObject } from '../../meta/kube-object.js';
import { parseQuantity } from '../../meta/quantity.js';
import { type Mapping, parseMapping } from '../mappings.js';
import { targetSize } from './target-size.js';

/**
 * What the quotas of target namespaces leave for the claims that are still to be made. `claims` and `quotas` are those of the target.
 */
export function quotaFindings(
  entries: readonly PersistentVolumeEntry[],
  namespaces: readonly Mapping[],
  { claims, quotas }: { claims: readonly KubeObject[]; quotas: readonly KubeObject[] },
): ConditionFinding[] {
  const items = quotas.flatMap((quota) => {
    const { namespace = '', name } = quota.metadata;
    const source = namespaces.find(({ target }) => target === namespace)?.source;
    const present = claims
      .filter((claim) => claim.metadata.namespace === namespace)
      .map((claim) => claim.metadata.name);
    const wanted = entries.filter(
      ({ selection, pvc }) =>
        selection.action === 'copy' &&
        pvc.namespace === source &&
        !present.includes(parseMapping(pvc.name ?? '').target),
    );
    return Object.entries<string>(quota.status?.hard ?? {}).flatMap(([key, hard]) => {
      const used: string = quota.status?.used?.[key] ?? '0';
      const needed = need(key, wanted);
      const exceeds = needed > 0 && parseQuantity(used) + needed > parseQuantity(hard);
      return exceeds ? [`${namespace}/${name}: ${key} allows ${hard}, ${used} is used, ${needed} more is needed`] : [];
    });
  });
  if (items.length === 0) return [];
  const message =
    'Quotas on the target leave too little for the claims to be created: []. Raise them, or skip volumes of the plan.';
  return [critical('TargetQuotaExceeded', 'Exceeded', message, items)];
}

const OF_CLASS = /^(.+)\.storageclass\.storage\.k8s\.io\/(.+)$/;

/** How much of a quota's resource the claims take: bytes, or their number. */
function need(key: string, entries: readonly PersistentVolumeEntry[]): number {
  const [, storageClass, resource = key] = OF_CLASS.exec(key) ?? [];
  const counted = entries.filter(({ selection }) => !storageClass || selection.storageClass === storageClass);
  if (resource === 'persistentvolumeclaims') return counted.length;
  if (resource !== 'requests.storage') return 0;
  return counted.reduce((sum, entry) => sum + (parseQuantity(targetSize(entry)) || 0), 0);
}
