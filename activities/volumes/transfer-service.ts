import type { KubeObject } from '../../resources/kube-object.js';
import { helperLabels, helperMetadata } from './helper-metadata.js';
import { SERVER_PORT } from './server-pod.js';
import type { VolumeRun } from './volume-run.js';

/** Gives the server a port on every node of the target. The address stays the same when the server pod is made again. */
export const transferService = (volumeRun: VolumeRun): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: helperMetadata(volumeRun, 'rsync-server', volumeRun.volume.target.namespace),
  spec: {
    type: 'NodePort',
    selector: helperLabels(volumeRun, 'rsync-server'),
    ports: [{ name: 'rsync-tls', port: SERVER_PORT, targetPort: SERVER_PORT, protocol: 'TCP' }],
  },
});
