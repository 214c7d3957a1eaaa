import { CancellationScope, executeChild, ParentClosePolicy } from '@temporalio/workflow';
import type { TransferResult } from '../../activities/volumes/contract.js';
import type { DirectVolumeInput, TransferVolumeInput } from '../../temporal/contract/inputs.js';
import { TASK_QUEUES } from '../../temporal/contract/task-queues.js';
import { volumeWorkflowId } from '../../temporal/contract/workflow-ids.js';
import { shortActivity, unboundedActivity, waitActivity } from '../kit/activities.js';
import { boundedLines } from '../kit/bounded-lines.js';
import { inTurns } from '../kit/in-turns.js';

/** Lines about one volume and about all of them; the run's log has all. */
const MOST_WARNINGS = { volume: 5, all: 50 } as const;

/** What a pass over one or over all volumes moved. */
export interface DirectVolumeResult {
  files: number;
  bytes: number;
  /** On the wire. */
  sentBytes: number;
  /** What the operator should know although every volume was copied. */
  warnings: string[];
}

/**
 * DirectVolume: one pass over every volume of the run, one child workflow per volume, so many at a time. A volume that waits for its turn has
 * nothing in the clusters.
 */
export async function directVolume({ summary, volumes, ...input }: DirectVolumeInput): Promise<DirectVolumeResult> {
  const { pass, last, again } = input;
  const run = summary.ref;
  const moved: DirectVolumeResult = { files: 0, bytes: 0, sentBytes: 0, warnings: [] };
  const results = await inTurns(volumes, summary.maxConcurrentVolumes, (volume) =>
    executeChild(transferVolume, {
      workflowId: volumeWorkflowId(run, `DirectVolume/${pass}`, volume.id),
      args: [{ run, pass, last, again, volume }],
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      staticSummary: `${volume.label} (${pass})`,
    }),
  );
  for (const { files, bytes, sentBytes } of results) {
    moved.files += files;
    moved.bytes += bytes;
    moved.sentBytes += sentBytes;
  }
  const warnings = results.flatMap((result) => result.warnings);
  return { ...moved, warnings: boundedLines(warnings, MOST_WARNINGS.all) };
}

/** One pass over one volume, as soon as its clusters have room for it beside those of other runs. */
export async function transferVolume(input: TransferVolumeInput): Promise<DirectVolumeResult> {
  const { run, pass, volume } = input;
  const target = { run, volume: volume.id };
  const { transfers } = TASK_QUEUES;
  try {
    await unboundedActivity(`Wait until ${volume.label} may be copied`, transfers).takeCopyPlace({ ...target, pass });
    return await copyPass(input);
  } finally {
    await CancellationScope.nonCancellable(() =>
      unboundedActivity(`Make room for other volumes than ${volume.label}`, transfers).leaveCopyPlace(target),
    );
  }
}

/** In the way its mover copies. Nothing listens between two passes, and each has its own keys. */
async function copyPass(input: TransferVolumeInput): Promise<DirectVolumeResult> {
  const { run, pass, last, volume } = input;
  const target = { run, volume: volume.id };
  const short = (summary: string) => shortActivity(summary, TASK_QUEUES.transfers);
  // A pass that failed starts again, keeping only what it has copied.
  if (input.again) await short(`Remove the helpers of the failed copy of ${volume.label}`).removeVolumeHelpers(target);
  await short(`Provision the target claim of ${volume.label}`).provisionTargetVolume(target);
  const prepared = await short(`Prepare the copy of ${volume.label}`).prepareVolume(target);
  const copy = waitActivity(`Copy volume ${volume.label} (${pass})`, TASK_QUEUES.transfers);
  const result = await copy.copyVolume({ ...target, pass, prepared });
  await short(`Remove the helpers of the copy of ${volume.label}`).removeVolumeHelpers({
    ...target,
    ...(!last && { between: true }),
  });
  return movedBy(result);
}

/** What its pass tells of one volume. The rest is shown by the activity itself. */
const movedBy = ({ files, bytes, sentBytes, warnings }: TransferResult): DirectVolumeResult => ({
  files,
  bytes,
  sentBytes,
  warnings: boundedLines(warnings, MOST_WARNINGS.volume),
});
