import { executeChild, ParentClosePolicy } from '@temporalio/workflow';
import type { TransferResult } from '../../activities/volumes/contract.js';
import type { DirectVolumeInput, TransferVolumeInput } from '../../temporal/contract/inputs.js';
import { volumeWorkflowId } from '../../temporal/contract/workflow-ids.js';
import { shortActivity, waitActivity } from '../kit/activities.js';
import { together } from '../kit/together.js';

/** What a pass over all volumes moved. */
export interface DirectVolumeResult {
  files: number;
  bytes: number;
  /** On the wire. */
  sentBytes: number;
  /** What the operator should know although every volume was copied. */
  warnings: string[];
}

/** DirectVolume: one pass over every volume of the run, one child workflow per volume, all at once. */
export async function directVolume(input: DirectVolumeInput): Promise<DirectVolumeResult> {
  const { summary, pass } = input;
  const results = await together(
    ...summary.volumes.map(
      (volume) => () =>
        executeChild(transferVolume, {
          workflowId: volumeWorkflowId(summary.ref, `DirectVolume/${pass}`, volume.id),
          args: [{ ...input, volume }],
          parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
          staticSummary: `${volume.label} (${pass})`,
        }),
    ),
  );
  const total = (of: (result: TransferResult) => number): number =>
    results.reduce((sum, result) => sum + of(result), 0);
  return {
    files: total((result) => result.files),
    bytes: total((result) => result.bytes),
    sentBytes: total((result) => result.sentBytes),
    warnings: results.flatMap((result) => result.warnings),
  };
}

/** One pass over one volume, in the way its mover copies. Nothing listens between two passes, and each has its own keys. */
export async function transferVolume(input: TransferVolumeInput): Promise<TransferResult> {
  const { pass, last, volume } = input;
  const target = { run: input.summary.ref, volume: volume.id };
  // A pass that failed starts again, keeping only what it has copied.
  if (input.again)
    await shortActivity(`Remove the helpers of the failed copy of ${volume.label}`).removeVolumeHelpers(target);
  await shortActivity(`Provision the target claim of ${volume.label}`).provisionTargetVolume(target);
  const prepared = await shortActivity(`Prepare the copy of ${volume.label}`).prepareVolume(target);
  const result = await waitActivity(`Copy volume ${volume.label} (${pass})`).copyVolume({ ...target, pass, prepared });
  await shortActivity(`Remove the helpers of the copy of ${volume.label}`).removeVolumeHelpers({
    ...target,
    ...(!last && { between: true }),
  });
  return result;
}
