import type { ClusterClient } from '../../clusters/cluster-client.js';
import { FAILURE, StepFailure } from '../../resources/failure.js';
import type { KubeObject } from '../../resources/kube-object.js';
import { LABELS } from '../../resources/labels.js';
import { mountedBy } from '../../resources/rollback/discards.js';
import type { PlanCreations } from './created-objects.js';

const NAMED = 5;

/**
 * Nobody's pod may lose its volume under it: pods that are not of the migration and mount claims to be removed stop the rollback before
 * anything is deleted.
 *
 * @param pods all pods of the claims' namespaces
 * @param isOurs whether a pod is of something that is removed too
 * @throws StepFailure TargetVolumeInUse
 */
export async function refuseForeignUsers(
  client: ClusterClient,
  { claims, pods, creations }: { claims: readonly KubeObject[]; pods: readonly KubeObject[]; creations: PlanCreations },
  isOurs: (pod: KubeObject) => Promise<boolean>,
): Promise<void> {
  const used: string[] = [];
  for (const claim of claims) {
    for (const pod of mountedBy(claim, pods)) {
      const isHelper = creations.runs.has(pod.metadata.labels?.[LABELS.helper] ?? '');
      if (isHelper || (await isOurs(pod))) continue;
      used.push(`PersistentVolumeClaim ${claim.metadata.namespace}/${claim.metadata.name} (pod ${pod.metadata.name})`);
    }
  }
  if (used.length === 0) return;
  const rest = used.length > NAMED ? ` and ${used.length - NAMED} more` : '';
  throw new StepFailure({
    type: FAILURE.TargetVolumeInUse,
    what: 'Nothing was removed: pods that are not of the migration use what would go',
    where: `cluster ${client.name}`,
    why: `In use: ${used.slice(0, NAMED).join(', ')}${rest}.`,
    next: 'Stop these pods or have them use other claims, then create the rollback again.',
  });
}
