import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { refuseIfEnded } from '../kit/while-running.js';
import type { Pass, VolumeInput } from './contract.js';

const ASK_AGAIN_MS = 2_000;

/**
 * Resolves when a volume may be copied beside those of all other runs. Who waits asks again instead of waiting here: however many do, they
 * hold neither a pod nor a slot of a worker that a copy needs to end.
 */
export async function takeCopyPlace(
  { store }: ActivityDependencies,
  { run, volume, pass }: VolumeInput & { pass: Pass },
): Promise<void> {
  await refuseIfEnded({ store }, run);
  const { source, target, settings } = await store.runs.record(run);
  const limit = settings.maxConcurrentVolumesPerCluster;
  const clusters = [source, target].map(({ clusterUid, uid }) => clusterUid || uid);
  if (await store.copyPlaces.take({ run, volumeId: volume, clusters, urgent: pass === 'final', limit })) return;
  throw ApplicationFailure.create({
    message: `Volume ${volume} waits: ${limit} volumes of all migrations are being copied from ${source.name} or to ${target.name} (max_concurrent_volumes_per_cluster in MigrationController)`,
    type: 'WaitsForPlace',
    category: ApplicationFailureCategory.BENIGN,
    nextRetryDelay: ASK_AGAIN_MS,
  });
}
