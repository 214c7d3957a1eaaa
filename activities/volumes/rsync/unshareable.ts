import { FAILURE, StepFailure } from '../../../resources/meta/failure.js';
import type { TransferResult } from '../contract.js';
import { mountingPod, sourceAccessModes } from '../source-pods.js';
import type { LiveVolumeRun } from '../volume-run.js';

/**
 * A ReadWriteOncePod volume cannot be read while the application has it: the pass before quiesce leaves it out, and the one after it
 * copies everything.
 *
 * @returns the result of a pass that was left out, undefined when the volume can be read
 * @throws StepFailure NotYetSupported when no pass is to come after quiesce
 */
export async function skippedPass(live: LiveVolumeRun): Promise<TransferResult | undefined> {
  const { record, volume } = live;
  const modes = await sourceAccessModes(live);
  if (!modes.includes('ReadWriteOncePod')) return undefined;
  const holder = await mountingPod(live);
  if (!holder) return undefined;
  const why = `Claim ${volume.id} is ReadWriteOncePod and mounted by pod ${holder.metadata.name}: it can be copied only while the application is halted`;
  if (record.does.lastPass === 'pre-copy') {
    throw new StepFailure({
      type: FAILURE.NotYetSupported,
      what: `Volume ${volume.id} cannot be copied`,
      where: `cluster ${record.source.name}`,
      why: `${why}.`,
      next: 'Create a new MigMigration with spec.quiescePods: true, or stop the pod.',
    });
  }
  const nothing = { files: 0, bytes: 0 };
  return {
    ...nothing,
    sentBytes: 0,
    seconds: 0,
    vanished: 0,
    source: nothing,
    target: nothing,
    attempts: 0,
    warnings: [`${why}. The pre-copy left it out.`],
  };
}
