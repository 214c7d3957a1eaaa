import type { ConditionFinding } from '../../conditions.js';
import { critical, warn } from '../../findings.js';
import type { KubeObject } from '../../kube-object.js';
import { LABELS } from '../../labels.js';
import type { PersistentVolumeEntry } from '../../persistent-volume-entry.js';
import { parseQuantity } from '../../quantity.js';
import { isFinishedPod } from '../../workloads/ownership.js';
import { type Mapping, parseMapping } from '../mappings.js';
import { claimsOf } from './discover.js';

export interface TargetClaims {
  /** Claims and pods of the target namespaces that are already there. */
  claims: readonly KubeObject[];
  pods: readonly KubeObject[];
}

/**
 * Claims the volumes would be copied into that are already on the target. How much they hold can be seen from inside a pod only:
 * the run counts it before it copies.
 */
export function targetClaimFindings(
  entries: readonly PersistentVolumeEntry[],
  namespaces: readonly Mapping[],
  { claims, pods }: TargetClaims,
  planUid: string,
): ConditionFinding[] {
  const used: string[] = [];
  const small: string[] = [];
  const foreign: string[] = [];
  for (const entry of entries.filter(({ selection }) => selection.action === 'copy')) {
    const claim = targetClaim(entry, namespaces, claims);
    if (!claim) continue;
    const place = `${claim.metadata.namespace}/${claim.metadata.name}`;
    const users = pods.filter((pod) => isForeignUser(pod, claim, planUid)).map(({ metadata }) => metadata.name);
    if (users.length > 0 && !entry.selection.allowOverwrite) used.push(`${place} (pod ${users.join(', ')})`);
    const size = sizeOf(claim);
    if (parseQuantity(size) < parseQuantity(entry.capacity ?? 0))
      small.push(`${place} (${size}, needs ${entry.capacity})`);
    if (!isOurs(claim, planUid)) foreign.push(place);
  }
  return [
    ...(used.length > 0
      ? [
          critical(
            'TargetVolumeInUse',
            'Mounted',
            'Claims on the target are mounted by running pods that are not of this plan: []. Stop the pods, map the volume onto another claim, or set selection.allowOverwrite to true.',
            used,
          ),
        ]
      : []),
    ...(small.length > 0
      ? [
          critical(
            'TargetVolumeTooSmall',
            'TooSmall',
            'Claims on the target are smaller than the volumes to be copied into them: []. Enlarge them, or map the volume onto another claim.',
            small,
          ),
        ]
      : []),
    ...(foreign.length > 0
      ? [
          warn(
            'TargetVolumeExists',
            'Exists',
            'Claims were on the target before this plan: []. After a migration they hold exactly what the source holds; what they hold besides is removed. The run counts it before it copies.',
            foreign,
          ),
        ]
      : []),
  ];
}

function targetClaim(
  { pvc }: PersistentVolumeEntry,
  namespaces: readonly Mapping[],
  claims: readonly KubeObject[],
): KubeObject | undefined {
  const namespace = namespaces.find(({ source }) => source === pvc.namespace)?.target;
  const name = parseMapping(pvc.name ?? '').target;
  return claims.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
}

const isForeignUser = (pod: KubeObject, claim: KubeObject, planUid: string): boolean =>
  pod.metadata.namespace === claim.metadata.namespace &&
  claimsOf(pod).includes(claim.metadata.name) &&
  !isFinishedPod(pod) &&
  !isOurs(pod, planUid);

const isOurs = ({ metadata: { labels = {} } }: KubeObject, planUid: string): boolean =>
  LABELS.helper in labels || labels[LABELS.migratedByPlan] === planUid;

const sizeOf = ({ status, spec }: KubeObject): string =>
  String(status?.capacity?.storage ?? spec?.resources?.requests?.storage ?? 0);
