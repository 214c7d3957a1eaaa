import type { KubeObject } from '../../../resources/meta/kube-object.js';
import { isWithinOneCluster } from '../../../resources/run/run-record.js';
import type { VolumeRun } from '../volume-run.js';
import { helperLabels, helperMetadata } from './helper-metadata.js';
import { SERVER_PORT } from './server-pod.js';

/**
 * Gives the server an address in the target, and a port on every node where clients come from another cluster. It stays the same when
 * the server pod is made again.
 */
export const transferService = (volumeRun: VolumeRun): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: helperMetadata(volumeRun, 'rsync-server', volumeRun.volume.target.namespace),
  spec: {
    type: isWithinOneCluster(volumeRun.record) ? 'ClusterIP' : 'NodePort',
    selector: helperLabels(volumeRun, 'rsync-server'),
    // A container that is not ours may keep the pod from being ready; clients wait for ours by asking it.
    publishNotReadyAddresses: true,
    ports: [{ name: 'rsync-tls', port: SERVER_PORT, targetPort: SERVER_PORT, protocol: 'TCP' }],
  },
});
