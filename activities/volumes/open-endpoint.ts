import type { ActivityDependencies } from '../kit/dependencies.js';
import { withPulse } from '../kit/pulse.js';
import type { TransferEndpoint, VolumeInput } from './contract.js';
import { ensureServerPod } from './ensure-server-pod.js';
import { nodeAddress } from './node-address.js';
import { workloadIdentity } from './pod-identity.js';
import { mountingPod } from './source-pods.js';
import { ensureTransferSecrets } from './transfer-secrets.js';
import { transferService } from './transfer-service.js';
import { type LiveVolumeRun, loadVolumeRun, volumeTitle } from './volume-run.js';

export async function openEndpoint(deps: ActivityDependencies, input: VolumeInput): Promise<TransferEndpoint> {
  const volumeRun = await loadVolumeRun(deps, input);
  const { volume, target } = volumeRun;
  // Each call has its own time limit, and Temporal ends the deed.
  const wait = { waitingFor: `the endpoint of ${volumeTitle(volume)}`, where: `cluster ${target.name}` };
  return withPulse(wait, async ({ signal }) => {
    const [{ object: service }] = await Promise.all([
      target.createIfAbsent(transferService(volumeRun), { signal }),
      startServer({ ...volumeRun, signal }),
    ]);
    const { type, clusterIP, ports } = service.spec;
    if (type === 'ClusterIP') return { type, host: clusterIP, port: ports[0].port };
    return { type: 'NodePort', host: await nodeAddress(target, signal), port: ports[0].nodePort };
  });
}

async function startServer(live: LiveVolumeRun): Promise<void> {
  const pod = await mountingPod(live);
  await ensureTransferSecrets(live, pod && workloadIdentity(pod, live.volume.source.claim));
  await ensureServerPod(live);
}
