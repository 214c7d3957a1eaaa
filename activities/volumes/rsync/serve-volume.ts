import type { WatchEvent } from '../../../clusters/cluster-client.js';
import { type KubeObject, referenceOf } from '../../../resources/meta/kube-object.js';
import { isFinishedPod } from '../../../resources/workloads/ownership.js';
import { watchSharedPods } from '../../kit/shared-pods.js';
import { StartPatience } from '../../kit/start-patience.js';
import type { LiveVolumeRun } from '../volume-run.js';
import { ensureServerPod } from './ensure-server-pod.js';
import { helperLabels, labelSelectorOf } from './helper-metadata.js';
import { TRANSFER_CONTAINER } from './transfer-pod.js';

/**
 * Keeps a server pod running on the target until the signal ends it: makes it again under its name when it was deleted or has ended.
 * As soon as it runs, the volume is bound and made to stay.
 *
 * @param retain makes it stay
 * @throws StepFailure PodStuck when it cannot start within `patience.pod`
 */
export async function serveVolume(live: LiveVolumeRun, retain: (live: LiveVolumeRun) => Promise<void>): Promise<never> {
  const { record, volume, target, signal } = live;
  const patience = new StartPatience(target, record.settings.patience.pod);
  const watch = watchSharedPods(target, {
    namespace: volume.target.namespace,
    labelSelector: labelSelectorOf(helperLabels(live, 'rsync-server')),
    signal: AbortSignal.any([signal, patience.signal]),
  });
  try {
    for await (const event of watch) {
      const pod = podAfter(event);
      if (!pod) {
        await ensureServerPod(live);
      } else if (isFinishedPod(pod)) {
        await target.remove(referenceOf(pod), { gracePeriodSeconds: 0, uid: pod.metadata.uid, signal });
      } else if (!isServing(pod)) {
        patience.waiting(pod);
      } else {
        patience.stop();
        await retain(live);
      }
    }
  } finally {
    patience.stop();
  }
  throw new Error('unreachable: a watch has no end');
}

/** Ours is ready; what a mesh has put beside it may never be. */
const isServing = ({ status }: KubeObject): boolean =>
  (status?.containerStatuses ?? []).some(
    ({ name, ready }: { name: string; ready?: boolean }) => name === TRANSFER_CONTAINER && ready,
  );

const podAfter = (event: WatchEvent): KubeObject | undefined => {
  if (event.type === 'SYNCED') return event.objects[0];
  return event.type === 'DELETED' ? undefined : event.object;
};
