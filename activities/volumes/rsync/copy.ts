import { POD, referenceOf } from '../../../resources/meta/kube-object.js';
import { keepPodEvidence } from '../../kit/pod-evidence.js';
import { watchSharedPods } from '../../kit/shared-pods.js';
import { untilFirst } from '../../kit/until-first.js';
import type { TransferResult } from '../contract.js';
import type { CopyOptions } from '../mover.js';
import { retainTargetVolume } from '../retain-target-volume.js';
import type { LiveVolumeRun } from '../volume-run.js';
import { ClientProgress } from './client-progress.js';
import { helperMetadata } from './helper-metadata.js';
import { ownPods } from './own-helpers.js';
import { sendVolume } from './send-volume.js';
import { serveVolume } from './serve-volume.js';
import { transferResult } from './transfer-result.js';
import { skippedPass } from './unshareable.js';

/** Resolves when the pod is gone: until then its peer may write. */
async function endServer(live: LiveVolumeRun): Promise<void> {
  const { target, volume, signal } = live;
  const reference = referenceOf({ ...POD, metadata: helperMetadata(live, 'rsync-server', volume.target.namespace) });
  const found = await ownPods(live, 'target', 'rsync-server').then(([pod]) => pod);
  if (!found) return;
  await keepPodEvidence(live.deps, live.run, target, found, signal);
  const { uid } = found.metadata;
  await target.remove(reference, { gracePeriodSeconds: 0, uid, signal });
  const { namespace = '', name } = found.metadata;
  const states = watchSharedPods(target, { namespace, fieldSelector: `metadata.name=${name}`, signal });
  for await (const event of states) {
    const seen = event.type === 'SYNCED' ? event.objects[0] : event.type === 'DELETED' ? undefined : event.object;
    if (seen?.metadata.uid !== uid) return;
  }
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
  let isRetained = false;
  const retain = async (current: LiveVolumeRun): Promise<void> => {
    if (!isRetained) isRetained = await retainTargetVolume(current);
  };
  const { report, attempts, podName } = await untilFirst(live.signal, [
    (signal) => serveVolume({ ...live, signal }, retain),
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
  await retain(live);
  return transferResult(live, pass, report, { attempts, lostBytes: clients.lostBytes });
}
