import { type ClusterSide, isWithinOneCluster } from '../../../resources/run/run-record.js';
import { keepPodEvidence } from '../../kit/pod-evidence.js';
import { withPulse } from '../../kit/pulse.js';
import { startRemoval } from '../../kit/remove-helpers.js';
import { type LiveVolumeRun, type VolumeRun, volumeTitle } from '../volume-run.js';
import { ownHelpers } from './own-helpers.js';
import { dropKeys } from './transfer-secrets.js';

/** The Service is the server's; within one namespace both sides are one. */
const KINDS = { source: ['Pod', 'Secret'], target: ['Pod', 'Service', 'Secret'] } as const;

export async function remove(volumeRun: VolumeRun, { between }: { between?: boolean } = {}): Promise<void> {
  const { volume, source, target } = volumeRun;
  // Each call has its own time limit, and Temporal that of the activity.
  const wait = {
    waitingFor: `the helpers of ${volumeTitle(volume)} to be removed`,
    where: `clusters ${source.name} and ${target.name}`,
  };
  await withPulse(wait, async ({ signal }) => {
    const live = { ...volumeRun, signal };
    const kept = between ? await dropKeys(live) : undefined;
    await Promise.all([
      removeFrom(live, 'target', kept),
      // A conversion has all of them in one place.
      ...(isWithinOneCluster(live.record) && volume.source.namespace === volume.target.namespace
        ? []
        : [removeFrom(live, 'source', kept)]),
    ]);
  });
}

/** It does not wait until they are gone: the sweep at the end of the run does. */
async function removeFrom(live: LiveVolumeRun, side: ClusterSide, kept?: string): Promise<void> {
  const { deps, run, signal } = live;
  const client = live[side];
  const lists = await Promise.all(KINDS[side].map((kind) => ownHelpers(live, side, kind)));
  await startRemoval(
    client,
    lists.flat().filter(({ metadata }) => kept === undefined || metadata.uid !== kept),
    {
      keep: async (helper) => {
        if (helper.kind === 'Pod') await keepPodEvidence(deps, run, client, helper, signal);
      },
      gracePeriodSeconds: 0,
      signal,
    },
  );
}
