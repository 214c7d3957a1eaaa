import type { ClusterClient } from '../../clusters/cluster-client.js';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { LABELS } from '../../resources/meta/labels.js';
import { listSome } from '../../resources/meta/listing.js';
import { mountedBy } from '../../resources/rollback/discards.js';
import type { PlanCreations } from './created-objects.js';

/**
 * No pod may lose a volume that it has mounted, and none may still use the application's data while the source starts: pods that are not of
 * the migration and mount its claims stop the rollback.
 *
 * @param use.pods all pods of the claims' namespaces
 * @throws StepFailure TargetVolumeInUse
 */
export async function refuseForeignUsers(
  client: ClusterClient,
  use: { claims: readonly KubeObject[]; pods: readonly KubeObject[]; creations: PlanCreations },
  isOurs: (pod: KubeObject) => Promise<boolean>,
): Promise<void> {
  const used: string[] = [];
  for (const claim of use.claims) {
    for (const pod of mountedBy(claim, use.pods)) {
      const isHelper = use.creations.runs.has(pod.metadata.labels?.[LABELS.helper] ?? '');
      if (isHelper || (await isOurs(pod))) continue;
      used.push(`PersistentVolumeClaim ${claim.metadata.namespace}/${claim.metadata.name} (pod ${pod.metadata.name})`);
    }
  }
  if (used.length === 0) return;
  throw new StepFailure({
    type: FAILURE.TargetVolumeInUse,
    what: 'Nothing was removed: pods that do not belong to the migration use claims that would be deleted',
    where: `cluster ${client.name}`,
    why: `In use: ${listSome(used)}.`,
    next: 'Stop these pods or have them use other claims, then retry the rollback or create another one.',
  });
}
