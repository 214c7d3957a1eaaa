import { join } from 'node:path';
import { stringify } from 'yaml';
import { answersWell } from '../machine/http.js';
import { isMounted } from '../machine/mounts.js';
import { ensureService, type Service, waitForService } from '../machine/processes.js';
import { run } from '../machine/run.js';
import type { ClusterPlace } from '../machine/slot.js';
import { makeFolder, writeIfChanged } from '../machine/state.js';
import type { ClusterContext } from './cluster.js';
import { containerdSocket } from './containerd.js';
import { kubeconfigOf } from './control-plane.js';

/** Where the kubelet keeps pods' volumes. */
export const kubeletFolder = (place: ClusterPlace) => join(place.runFolder, 'kubelet');

/** Node agent and Service proxy of one cluster. */
export async function ensureNode(context: ClusterContext): Promise<void> {
  const { place, programs, inside } = context;
  await mountKubeletFolder(place);
  const configFile = join(place.folder, 'kubelet.yaml');
  await writeIfChanged(configFile, stringify(kubeletConfig(place)));
  const kubelet: Service = {
    ...inside('kubelet'),
    configFile,
    command: [
      join(programs, 'kubelet'),
      `--config=${configFile}`,
      `--kubeconfig=${kubeconfigOf(place.folder)}`,
      `--root-dir=${kubeletFolder(place)}`,
      `--cert-dir=${join(place.folder, 'pki', 'kubelet')}`,
      `--hostname-override=${place.nodeName}`,
      `--node-ip=${place.nodeAddress}`,
    ],
  };
  await ensureService(kubelet);
  await ensureService({
    ...inside('kube-proxy'),
    command: [
      join(programs, 'kube-proxy'),
      `--kubeconfig=${kubeconfigOf(place.folder)}`,
      '--proxy-mode=iptables',
      `--hostname-override=${place.nodeName}`,
      `--cluster-cidr=${place.podSubnet}`,
      // The limit belongs to the machine, not to the namespace.
      '--conntrack-max-per-core=0',
    ],
  });
  // A node that was killed is "Ready" in the API for a while: ask the kubelet, which signs its certificate itself.
  await waitForService(kubelet, () => answersWell(`https://${place.nodeAddress}:10250/healthz`, { ca: 'any' }));
}

/**
 * The folder is on the checkout's disk and mounted at a short path, because sockets are in it; the mount is shared
 * with the pods' mounts, so that Velero's node agent sees the volumes of pods that start after it.
 */
async function mountKubeletFolder(place: ClusterPlace): Promise<void> {
  const onDisk = await makeFolder(place.folder, 'kubelet');
  const point = await makeFolder(kubeletFolder(place));
  if (await isMounted(point)) return;
  await run('mount', ['--bind', onDisk, point]);
  await run('mount', ['--make-rshared', point]);
}

const kubeletConfig = (place: ClusterPlace) => ({
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  // exec and logs reach the kubelet through the API server, which has no client certificate here.
  authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
  authorization: { mode: 'AlwaysAllow' },
  containerRuntimeEndpoint: `unix://${containerdSocket(place)}`,
  cgroupDriver: 'cgroupfs',
  cgroupRoot: place.cgroup,
  failCgroupV1: false,
  failSwapOn: false,
  clusterDNS: [place.nodeAddress],
  clusterDomain: 'cluster.local',
  resolvConf: '',
  // With the default both kubelets would share one folder, and each would delete the other's logs as orphans.
  podLogsDir: join(place.folder, 'pod-logs'),
  volumePluginDir: join(place.folder, 'kubelet-plugins'),
  localStorageCapacityIsolation: false,
  maxPods: 200,
  serializeImagePulls: false,
  imageGCHighThresholdPercent: 100,
  // A full disk is the developer's business, not a reason to evict.
  evictionHard: {
    'memory.available': '50Mi',
    'nodefs.available': '1%',
    'nodefs.inodesFree': '1%',
    'imagefs.available': '1%',
  },
});
