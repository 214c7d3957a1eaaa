import { withPulse } from '../../kit/pulse.js';
import type { TransferEndpoint } from '../contract.js';
import { mountingPod } from '../source-pods.js';
import { type LiveVolumeRun, type VolumeRun, volumeTitle } from '../volume-run.js';
import { ensureServerPod } from './ensure-server-pod.js';
import { nodeAddress } from './node-address.js';
import { workloadIdentity } from './pod-identity.js';
import { ensureTransferSecrets } from './transfer-secrets.js';
import { transferService } from './transfer-service.js';

export async function prepare(volumeRun: VolumeRun): Promise<TransferEndpoint> {
  const { volume, target } = volumeRun;
  // Each call has its own time limit, and Temporal that of the activity.
  const wait = { waitingFor: `the endpoint of ${volumeTitle(volume)}`, where: `cluster ${target.name}` };
  return withPulse(wait, async ({ signal }) => {
    const [{ object: service }] = await Promise.all([
      target.createIfAbsent(transferService(volumeRun), { signal }),
      startServer({ ...volumeRun, signal }),
    ]);
    const { type, clusterIP, ports } = service.spec;
    const mover = 'rsync';
    if (type === 'ClusterIP') return { mover, type, host: clusterIP, port: ports[0].port };
    return { mover, type: 'NodePort', host: await nodeAddress(target, signal), port: ports[0].nodePort };
  });
}

async function startServer(live: LiveVolumeRun): Promise<void> {
  const pod = await mountingPod(live);
  await ensureTransferSecrets(live, pod && workloadIdentity(pod, live.volume.source.claim));
  await ensureServerPod(live);
}
