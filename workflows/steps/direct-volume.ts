import { executeChild, ParentClosePolicy } from '@temporalio/workflow';
import type { TransferResult } from '../../activities/volumes/contract.js';
import type { DirectVolumeInput } from '../../temporal/contract/inputs.js';
import { volumeWorkflowId } from '../../temporal/contract/workflow-ids.js';
import { together } from '../kit/together.js';
import { transferVolume } from './transfer-volume.js';

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
