import { executeChild, ParentClosePolicy } from '@temporalio/workflow';
import type { DirectVolumeInput } from '../temporal/contract/inputs.js';
import { volumeWorkflowId } from '../temporal/contract/workflow-ids.js';
import { together } from './together.js';
import { transferVolume } from './transfer-volume.js';

/** DirectVolume: one pass over every volume of the run, one child workflow per volume, all at once. */
export async function directVolume(
  input: DirectVolumeInput,
): Promise<{ files: number; bytes: number; sentBytes: number }> {
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
  return results.reduce(
    (sum, result) => ({
      files: sum.files + result.files,
      bytes: sum.bytes + result.bytes,
      sentBytes: sum.sentBytes + result.sentBytes,
    }),
    { files: 0, bytes: 0, sentBytes: 0 },
  );
}
