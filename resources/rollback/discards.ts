import type { KubeObject } from '../meta/kube-object.js';
import type { Discard } from '../run/facts.js';
import { mountedClaims } from '../workloads/claim-references.js';
import { isHelper } from '../workloads/helpers.js';
import { isFinishedPod } from '../workloads/ownership.js';

/**
 * Claims that running pods mount; helpers of ours do not count.
 *
 * @param claims those a rollback deletes
 * @param pods all pods of their namespaces
 * @param runs uids of the plan's runs
 */
export const discardsOf = (
  claims: readonly KubeObject[],
  pods: readonly KubeObject[],
  runs: ReadonlySet<string>,
): Discard[] =>
  claims
    .map((claim) => ({
      claim: `${claim.metadata.namespace}/${claim.metadata.name}`,
      size: String(claim.status?.capacity?.storage ?? claim.spec?.resources?.requests?.storage ?? ''),
      pods: mountedBy(claim, pods)
        .filter((pod) => !isHelper(pod, runs))
        .map(({ metadata }) => metadata.name)
        .sort(),
    }))
    .filter((discard) => discard.pods.length > 0)
    .sort((a, b) => a.claim.localeCompare(b.claim));

/** Of several looks at the same claims the last one that saw pods counts. */
export const mergeDiscards = (looks: readonly (readonly Discard[])[]): Discard[] => [
  ...new Map(looks.flat().map((discard) => [discard.claim, discard])).values(),
];

export const describeDiscard = ({ claim, size, pods }: Discard): string =>
  `${claim}${size ? `, ${size}` : ''}, mounted by ${pods.join(', ')}`;

export const mountedBy = ({ metadata }: KubeObject, pods: readonly KubeObject[]): KubeObject[] =>
  pods.filter(
    (pod) =>
      pod.metadata.namespace === metadata.namespace &&
      mountedClaims(pod).includes(metadata.name) &&
      !isFinishedPod(pod),
  );
