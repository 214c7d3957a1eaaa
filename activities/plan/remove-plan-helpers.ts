import type { ClusterClient } from '../../clusters/cluster-client.js';
import { LABELS } from '../../resources/meta/labels.js';
import { sweepCluster } from '../cleanup/sweep-helpers.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import type { Pulse } from '../kit/pulse.js';
import { readStoredSettings } from '../records/stored-settings.js';
import type { PlanInput, RemovalOutcome } from './contract.js';
import { findEndedRuns } from './ended-runs.js';
import { refuseUnlessPlanDeleted } from './find-plan.js';
import { inEachCluster } from './in-each-cluster.js';

/** Of a deleted plan. */
export async function removePlanHelpers(deps: ActivityDependencies, plan: PlanInput): Promise<RemovalOutcome> {
  const fence = () => refuseUnlessPlanDeleted(deps.store, plan);
  await fence();
  return sweepEndedRuns(deps, plan.uid, fence);
}

/**
 * Removes the helpers of every ended run of a plan, in whatever namespace they are. A run may have begun again by the time that a cluster
 * answers: so which of them have ended is read again each time.
 */
export async function sweepEndedRuns(
  deps: ActivityDependencies,
  planUid: string,
  fence?: () => Promise<void>,
): Promise<RemovalOutcome> {
  const { clusters } = await findEndedRuns(deps.store, planUid);
  const { settings } = await readStoredSettings(deps);
  const { cleanup } = settings.run.patience;
  const wait = {
    fence,
    answerSeconds: cleanup,
    waitingFor: 'the helpers of ended migrations to be gone',
    patienceSeconds: cleanup,
    next: `Check what holds the objects named here; they carry the label ${LABELS.helper} and may be deleted by hand.`,
  };
  const ended = async () => (await findEndedRuns(deps.store, planUid)).runs;
  const remove = (client: ClusterClient, pulse: Pulse) => sweepCluster(deps, ended, { client }, pulse);
  const { removed, errors } = await inEachCluster(deps, clusters, wait, remove);
  return { removed, errors };
}
