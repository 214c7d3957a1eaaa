import { waitUntilGone } from '../../../clusters/wait-for.js';
import { POD, referenceOf } from '../../../resources/meta/kube-object.js';
import { keepPodEvidence } from '../../kit/pod-evidence.js';
import { untilFirst } from '../../kit/until-first.js';
import type { TransferResult } from '../contract.js';
import type { CopyOptions } from '../mover.js';
import { retainTargetVolume } from '../retain-target-volume.js';
import type { LiveVolumeRun } from '../volume-run.js';
import { ClientProgress } from './client-progress.js';
import { helperMetadata } from './helper-metadata.js';
import { sendVolume } from './send-volume.js';
import { serveVolume } from './serve-volume.js';
import { transferResult } from './transfer-result.js';
import { skippedPass } from './unshareable.js';

/** Resolves when the pod is gone: until then its peer may write. */
async function endServer(live: LiveVolumeRun): Promise<void> {
  const { target, volume, signal } = live;
  const reference = referenceOf({ ...POD, metadata: helperMetadata(live, 'rsync-server', volume.target.namespace) });
  const found = await target.get(reference, { signal });
  if (!found) return;
  await keepPodEvidence(live.deps, live.run, target, found, signal);
  const { uid } = found.metadata;
  await target.remove(reference, { gracePeriodSeconds: 0, uid, signal });
  await waitUntilGone(target, reference, { uid, signal });
}

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
  // From here on the keys are of no use: the counts stay true.
  await endServer(live);
  // The copy may end before its server is seen to run, for example when it was taken over from a worker that died.
  await retainTargetVolume(live);
  return transferResult(live, pass, report, { attempts, lostBytes: clients.lostBytes });
}
