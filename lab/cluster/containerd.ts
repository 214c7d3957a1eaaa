import { join } from 'node:path';
import { registryHost } from '../images/registry.js';
import { ensureService, type Service, waitForService } from '../machine/processes.js';
import { run, succeeds } from '../machine/run.js';
import type { ClusterPlace, Slot } from '../machine/slot.js';
import { makeFolder, writeIfChanged } from '../machine/state.js';
import type { ClusterContext } from './cluster.js';

export const containerdSocket = (place: ClusterPlace) => join(place.runFolder, 'containerd.sock');

/** Container runtime of one cluster, with a pod network of its own. */
export async function ensureContainerd(context: ClusterContext, pauseImage: string): Promise<void> {
  const { place, slot } = context;
  await makeFolder(place.runFolder);
  await writeIfChanged(join(networksFolder(place), '10-lab.conflist'), JSON.stringify(podNetwork(place), null, 2));
  await writeIfChanged(join(registriesFolder(place), registryHost, 'hosts.toml'), registryMirror(slot));
  const configFile = join(place.folder, 'containerd.toml');
  await writeIfChanged(configFile, containerdConfig(place, pauseImage));
  const containerd: Service = {
    ...context.inside('containerd'),
    configFile,
    command: ['/usr/bin/containerd', '--config', configFile],
  };
  await ensureService(containerd);
  await waitForService(containerd, () => succeeds('ctr', ['-a', containerdSocket(place), 'version']));
}

/** Loads an image archive into a cluster's node. */
export async function importImage(place: ClusterPlace, archive: string): Promise<void> {
  await run('ctr', ['-a', containerdSocket(place), '-n', 'k8s.io', 'images', 'import', archive]);
}

/** Names of the images a cluster's node has. */
export async function listImages(place: ClusterPlace): Promise<Set<string>> {
  const names = await run('ctr', ['-a', containerdSocket(place), '-n', 'k8s.io', 'images', 'list', '-q']);
  return new Set(names.split('\n'));
}

const networksFolder = (place: ClusterPlace) => join(place.folder, 'cni', 'net.d');
const registriesFolder = (place: ClusterPlace) => join(place.folder, 'registries');

const podNetwork = (place: ClusterPlace) => ({
  cniVersion: '0.4.0',
  name: 'lab',
  plugins: [
    {
      type: 'bridge',
      bridge: 'cni0',
      isGateway: true,
      ipMasq: true,
      hairpinMode: true,
      ipam: {
        type: 'host-local',
        ranges: [[{ subnet: place.podSubnet }]],
        routes: [{ dst: '0.0.0.0/0' }],
        dataDir: join(place.folder, 'cni', 'addresses'),
      },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
});

const registryMirror = (slot: Slot) => `[host."http://${slot.address}:5000"]
  capabilities = ["pull", "resolve"]
`;

const containerdConfig = (place: ClusterPlace, pauseImage: string) => `version = 2
root = "${join(place.folder, 'containerd')}"
state = "${join(place.runFolder, 'containerd')}"

[grpc]
  address = "${containerdSocket(place)}"

[plugins."io.containerd.internal.v1.opt"]
  path = "${join(place.folder, 'containerd-opt')}"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  # Machines without CAP_SYS_RESOURCE cannot lower the score, and no pod would start.
  restrict_oom_score_adj = true
  # Pods' network namespaces are then found, and removed, with the rest.
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${networksFolder(place)}"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "${registriesFolder(place)}"
`;
