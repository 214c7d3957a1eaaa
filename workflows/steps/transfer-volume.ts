import type { TransferResult } from '../../activities/volumes/contract.js';
import type { TransferVolumeInput } from '../../temporal/contract/inputs.js';
import { deed, wait } from '../kit/activities.js';

/** One pass over one volume. The endpoint stays open between the passes of a run; the last one closes it. */
export async function transferVolume(input: TransferVolumeInput): Promise<TransferResult> {
  const { pass, last, volume } = input;
  const target = { run: input.summary.ref, volume: volume.id };
  // A pass that failed is made anew, not looked at again.
  if (input.again) await deed(`Remove the helpers of the failed copy of ${volume.label}`).closeEndpoint(target);
  await deed(`Provision the target claim of ${volume.label}`).provisionTargetVolume(target);
  const endpoint = await deed(`Open the endpoint of ${volume.label}`).openEndpoint(target);
  const result = await wait(`Copy volume ${volume.label} (${pass})`).transferVolume({ ...target, pass, endpoint });
  if (last) await deed(`Close the endpoint of ${volume.label}`).closeEndpoint(target);
  return result;
}
