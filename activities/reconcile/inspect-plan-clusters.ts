import type { ClusterClient } from '../../clusters/cluster-client.js';
import type { MigStorage } from '../../resources/kinds/mig-storage.js';
import type { ConditionFinding } from '../../resources/meta/conditions.js';
import { isReady, type PlanLookups } from '../../resources/plan/references.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import type { Inspection } from '../records/check-object.js';
import { readStorageAccess } from '../records/storage-access.js';
import { holdStorage } from '../storage/hold-storage.js';
import { ensureStorage } from './ensure-storage.js';
import { inspectPlanHooks } from './inspect-plan-hooks.js';
import { detailStatus, judgeIdentity, judgeNamespaces, judgePlan, outlineStatus } from './judge-plan.js';
import { planVolumes } from './judge-plan-volumes.js';
import { type Both, connectBoth, observeDetails, observeOutline } from './observe-plan.js';
import type { PlanToInspect } from './plan-to-inspect.js';

export interface PlanInspection extends Inspection {
  /** No migration of the plan can do anything but convert storage classes: it needs no replication repository. */
  converts: boolean;
}

/** What can be known of a plan only from its two clusters; makes the replication repository known to both. */
export async function inspectPlanClusters(deps: ActivityDependencies, input: PlanToInspect): Promise<PlanInspection> {
  const clients = await connectBoth(deps, input.lookups);
  const [outline, hooks] = await Promise.all([
    observeOutline(clients, input),
    inspectPlanHooks(clients, input.plan, input.hooks),
  ]);
  const { converts } = outline;
  const storage = converts || outline.identityUnclear ? [] : await ensurePlanStorage(deps, clients, input.lookups);
  const status = outlineStatus(outline);
  const unclear = judgeIdentity(outline);
  if (unclear.length > 0) return { findings: [...unclear, ...hooks], status, converts };
  const missing = judgeNamespaces(outline);
  if (missing.length > 0) return { findings: [...missing, ...hooks, ...storage], status, converts };

  const details = await observeDetails(clients, outline, input);
  const volumes = planVolumes(outline, details, input);
  return {
    findings: [...judgePlan(outline, details, volumes, input), ...hooks, ...storage],
    status: { ...status, ...detailStatus(outline, details) },
    spec: { persistentVolumes: volumes },
    converts,
  };
}

async function ensurePlanStorage(
  deps: ActivityDependencies,
  clients: Both<ClusterClient>,
  { storage }: PlanLookups,
): Promise<ConditionFinding[]> {
  const access = isReady(storage) ? await readStorageAccess(deps, storage.object as MigStorage) : undefined;
  if (!access || !(await holdStorage(deps.store, storage.object as MigStorage))) return [];
  return ensureStorage([clients.source, clients.target], access, storage.object?.metadata.uid ?? '');
}
