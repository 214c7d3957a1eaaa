import type { KubeObject } from '../../../resources/meta/kube-object.js';
import type { VolumeRun } from '../volume-run.js';
import { helperMetadata } from './helper-metadata.js';
import type { PodIdentity } from './pod-identity.js';
import type { FittedResources } from './pod-resources.js';
import { transferPod } from './transfer-pod.js';

/** Above 1024, so that restricted pods may listen on it. */
export const SERVER_PORT = 6443;

/** Make files of any owner and kind, and confine rsync to the volume. */
const CAPABILITIES = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'MKNOD', 'SETGID', 'SETUID', 'SYS_CHROOT'];

/** @param placement fields of the pod by which it goes where the application will */
export function serverPod(
  volumeRun: VolumeRun,
  identity: PodIdentity,
  resources: FittedResources,
  placement: Record<string, unknown> = {},
): KubeObject {
  const { record, volume } = volumeRun;
  const metadata = helperMetadata(volumeRun, 'rsync-server', volume.target.namespace);
  return transferPod({
    metadata,
    identity,
    fsGroup: identity.root ? undefined : identity.groups[0],
    supplementalGroups: record.settings.targetSupplementalGroups,
    capabilities: CAPABILITIES,
    claim: volume.target.claim,
    readOnly: false,
    secret: metadata.name,
    image: record.settings.transferImage,
    command: ['transfer-server'],
    env: { LISTEN_PORT: String(SERVER_PORT), IO_TIMEOUT_SECONDS: String(ioTimeout(volume.verify)) },
    resources,
    restartPolicy: 'Always',
    spec: placement,
    container: { ports: [{ name: 'rsync-tls', containerPort: SERVER_PORT }] },
  });
}

/** Seconds of silence after which a peer is given up. Checksums of large files are read in silence. */
export const ioTimeout = (verify: boolean): number => (verify ? 600 : 60);
