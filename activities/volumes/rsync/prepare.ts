import { createOwn } from '../../kit/create-own.js';
import { withPulse } from '../../kit/pulse.js';
import type { TransferEndpoint } from '../contract.js';
import { applicationPod } from '../source-pods.js';
import { type LiveVolumeRun, type VolumeRun, volumeTitle } from '../volume-run.js';
import { ensureServerPod } from './ensure-server-pod.js';
import { nodeAddresses } from './node-address.js';
import { workloadIdentity } from './pod-identity.js';
import { ensureTransferSecrets } from './transfer-secrets.js';
import { transferService } from './transfer-service.js';

export async function prepare(volumeRun: VolumeRun): Promise<TransferEndpoint> {
  const { volume, target } = volumeRun;
  // Each call has its own time limit, and Temporal that of the activity.
  const wait = { waitingFor: `the endpoint of ${volumeTitle(volume)}`, where: `cluster ${target.name}` };
  return withPulse(wait, async ({ signal }) => {
    const [service] = await Promise.all([
      createOwn(target, transferService(volumeRun), { signal }),
      startServer({ ...volumeRun, signal }),
    ]);
    const { type, clusterIP, ports } = service.spec;
    const mover = 'rsync';
    if (type === 'ClusterIP') return { mover, type, host: clusterIP, port: ports[0].port };
    const [host, ...otherHosts] = await nodeAddresses(target, signal);
    return { mover, type: 'NodePort', host, port: ports[0].nodePort, ...(otherHosts.length > 0 && { otherHosts }) };
  });
}

async function startServer(live: LiveVolumeRun): Promise<void> {
  const spec = await applicationPod(live);
  const identity = spec && workloadIdentity({ spec }, live.volume.source.claim);
  const kept = await ensureTransferSecrets(live, identity);
  await ensureServerPod(live, kept);
}
