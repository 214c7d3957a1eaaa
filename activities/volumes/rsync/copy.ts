import { untilFirst } from '../../kit/until-first.js';
import type { TransferResult } from '../contract.js';
import type { CopyOptions } from '../mover.js';
import { retainTargetVolume } from '../retain-target-volume.js';
import type { LiveVolumeRun } from '../volume-run.js';
import { ClientProgress } from './client-progress.js';
import { sendVolume } from './send-volume.js';
import { serveVolume } from './serve-volume.js';
import { transferResult } from './transfer-result.js';
import { skippedPass } from './unshareable.js';

/** One pass by a server pod on the target and client pods, one after the other, on the source. */
export async function copy(
  live: LiveVolumeRun,
  { pass, prepared: endpoint, progress, pulse }: CopyOptions,
): Promise<TransferResult> {
  const skipped = pass === 'pre-copy' ? await skippedPass(live) : undefined;
  if (skipped) {
    progress.copiedBy(undefined);
    return skipped;
  }
  const clients = new ClientProgress(progress);
  const { report, attempts, podName } = await untilFirst(live.signal, [
    (signal) => serveVolume({ ...live, signal }),
    (signal) =>
      sendVolume(
        { ...live, signal },
        {
          pass,
          endpoint,
          listen(event, attempt, pod) {
            const moved = clients.hear(event, attempt, pod);
            if (moved) pulse.moved();
            if (event.event === 'waiting') pulse.observe(event.why);
          },
        },
      ),
  ]);
  progress.copiedBy(podName);
  // The copy may end before its server is seen to run, for example when it was taken over from a worker that died.
  await retainTargetVolume(live);
  return transferResult(live, pass, report, { attempts, lostBytes: clients.lostBytes });
}
