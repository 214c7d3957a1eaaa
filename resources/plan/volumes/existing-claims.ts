import type { ConditionFinding } from '../../meta/conditions.js';
import { critical, warn } from '../../meta/findings.js';
import type { KubeObject } from '../../meta/kube-object.js';
import { parseQuantity } from '../../meta/quantity.js';
import { mountedClaims } from '../../workloads/claim-references.js';
import { isFinishedPod } from '../../workloads/ownership.js';

/** Where a volume is to be copied, and how large it is. */
export interface WantedClaim {
  namespace: string | undefined;
  claim: string;
  /** Kubernetes quantity. */
  capacity: string | number;
  allowOverwrite: boolean;
  /** A claim of ours that is smaller is enlarged by the run. */
  mayGrow?: boolean;
}

/** Claims and pods of the target namespaces that are already there. */
export interface TargetClaims {
  claims: readonly KubeObject[];
  pods: readonly KubeObject[];
}

/**
 * Claims the volumes would be copied into that are already on the target. How much they hold can be seen from inside a pod only:
 * the run counts it before it copies.
 *
 * @param isOurs whether an object was made by the runs that are to copy into the claims
 */
export function existingClaimFindings(
  wanted: readonly WantedClaim[],
  { claims, pods }: TargetClaims,
  isOurs: (object: KubeObject) => boolean,
): ConditionFinding[] {
  const used: string[] = [];
  const small: string[] = [];
  const foreign: string[] = [];
  for (const { namespace, claim: name, capacity, allowOverwrite, mayGrow } of wanted) {
    const claim = claims.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
    if (!claim) continue;
    const place = `${namespace}/${name}`;
    const users = pods.filter((pod) => mounts(pod, claim) && !isOurs(pod)).map(({ metadata }) => metadata.name);
    if (users.length > 0 && !allowOverwrite) used.push(`${place} (pod ${users.join(', ')})`);
    const size = sizeOf(claim);
    const grows = mayGrow === true && isOurs(claim);
    if (!grows && parseQuantity(size) < parseQuantity(capacity)) small.push(`${place} (${size}, needs ${capacity})`);
    if (!isOurs(claim)) foreign.push(place);
  }
  return [
    ...(used.length > 0
      ? [
          critical(
            'TargetVolumeInUse',
            'Mounted',
            'Claims on the target are mounted by running pods that do not belong to the migration: []. Stop the pods, map the volume onto another claim or, in a plan, set selection.allowOverwrite to true.',
            used,
          ),
        ]
      : []),
    ...(small.length > 0
      ? [
          critical(
            'TargetVolumeTooSmall',
            'TooSmall',
            'Claims on the target are smaller than what the copies ask for: []. Enlarge them, or map the volume onto another claim.',
            small,
          ),
        ]
      : []),
    ...(foreign.length > 0
      ? [
          warn(
            'TargetVolumeExists',
            'Exists',
            'Claims were on the target before: []. After a migration they hold exactly what the source holds; anything else in them is removed. The run counts it before it copies.',
            foreign,
          ),
        ]
      : []),
  ];
}

const mounts = (pod: KubeObject, claim: KubeObject): boolean =>
  pod.metadata.namespace === claim.metadata.namespace &&
  mountedClaims(pod).includes(claim.metadata.name) &&
  !isFinishedPod(pod);

const sizeOf = ({ status, spec }: KubeObject): string =>
  String(status?.capacity?.storage ?? spec?.resources?.requests?.storage ?? 0);
