import type { ClusterClient } from '../../clusters/cluster-client.js';
import { LABELS } from '../../resources/meta/labels.js';
import { sweepCluster } from '../cleanup/sweep-helpers.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import type { Pulse } from '../kit/pulse.js';
import { readStoredSettings } from '../records/stored-settings.js';
import type { RemovalOutcome } from './contract.js';
import { findEndedRuns } from './ended-runs.js';
import { inEachCluster } from './in-each-cluster.js';

/** Removes the helpers of every ended run of a plan, in whatever namespace they are. */
export async function removePlanHelpers(deps: ActivityDependencies, planUid: string): Promise<RemovalOutcome> {
  const { runs, clusters } = await findEndedRuns(deps.store, planUid);
  const { settings } = await readStoredSettings(deps);
  const { cleanup } = settings.run.patience;
  const wait = {
    answerSeconds: cleanup,
    waitingFor: 'the helpers of ended migrations to be gone',
    patienceSeconds: cleanup,
    next: `Check what holds the objects named here; they carry the label ${LABELS.helper} and may be deleted by hand.`,
  };
  const remove = (client: ClusterClient, pulse: Pulse) => sweepCluster(deps, runs, { client }, pulse);
  const { removed, errors } = await inEachCluster(deps, clusters, wait, remove);
  return { removed, errors };
}
