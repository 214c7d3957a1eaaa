import { join } from 'node:path';
import { Listr, type ListrTask, PRESET_TIMER } from 'listr2';
import { type ClusterContext, clusterContext } from './cluster/cluster.js';
import { ensureContainerd, importImage, listImages } from './cluster/containerd.js';
import { ensureControlPlane } from './cluster/control-plane.js';
import { ensureDns } from './cluster/dns.js';
import { isNodeReady, KubeClient, waitUntil } from './cluster/kube.js';
import { ensureNode } from './cluster/kubelet.js';
import { ensureVelero, isVeleroReady } from './cluster/velero.js';
import { ensureVolumes } from './cluster/volumes.js';
import { removeLab } from './down.js';
import { buildImages, type LabImages } from './images/images.js';
import { ensureRegistry, pushImage } from './images/registry.js';
import { ensureCgroups, processesFile } from './machine/cgroups.js';
import { type Credentials, ensureCredentials } from './machine/credentials.js';
import { installPackages, missingPackages } from './machine/debian-packages.js';
import { withLock } from './machine/lock.js';
import { ensureNetwork } from './machine/network.js';
import { ensureObjectStore } from './machine/object-store.js';
import { buildTasks, programNames, programsFolder } from './machine/programs.js';
import { claimSlot, orphanedSlot, type Slot } from './machine/slot.js';
import { stateFolder } from './machine/state.js';

/** What the tasks hand on to those after them. */
interface Lab {
  slot: Slot;
  programs: string;
  credentials: Credentials;
  processesFile: string;
  images: LabImages;
}

/**
 * Brings the lab up and returns when both clusters are ready. Does only what is missing: a second call takes a second
 * or two, and one after a crash or reboot repairs what is broken.
 */
export async function up(): Promise<void> {
  if (process.getuid?.() !== 0)
    throw new Error('The lab needs root: it makes network namespaces, mounts and containers.');
  await withLock(join(stateFolder, 'lock'), async () => {
    const orphan = await orphanedSlot();
    if (orphan) await removeLab(orphan);
    const options = { timer: PRESET_TIMER };
    await new Listr<Lab>(tasks, { rendererOptions: options, fallbackRendererOptions: options }).run();
  });
}

const tasks: ListrTask<Lab>[] = [
  {
    title: 'Debian packages',
    task: async (_lab, task) => {
      const missing = await missingPackages();
      if (missing.length === 0) return;
      task.output = missing.join(' ');
      await installPackages(missing);
    },
  },
  {
    title: 'Programs',
    task: async (_lab, task) => task.newListr(await buildTasks(programNames)),
  },
  {
    title: 'Images',
    task: async (lab) => {
      lab.images = await buildImages();
    },
  },
  {
    title: 'Network, object store and registry',
    task: async (lab) => {
      lab.slot = await claimSlot();
      lab.programs = await programsFolder();
      lab.credentials = await ensureCredentials();
      await ensureCgroups(lab.slot);
      lab.processesFile = await processesFile(lab.slot);
      await ensureNetwork(lab.slot);
      await Promise.all([
        ensureObjectStore(lab.slot, lab.programs, lab.processesFile, lab.credentials),
        ensureRegistry(lab.slot, lab.processesFile),
      ]);
      const { transfer, sampleApp, hookRunner } = lab.images;
      for (const image of [transfer, sampleApp, hookRunner]) await pushImage(lab.slot, image.name, image.archive);
    },
  },
  {
    title: 'Clusters',
    task: (lab, task) =>
      task.newListr(
        Object.values(lab.slot.clusters).map((place) => ({
          title: place.name,
          task: (_lab, clusterTask) =>
            clusterTask.newListr(
              clusterTasks(
                clusterContext(lab.slot, place, lab.programs, lab.credentials, lab.processesFile),
                lab.images,
              ),
              { concurrent: false },
            ),
        })),
        { concurrent: true },
      ),
  },
];

function clusterTasks(cluster: ClusterContext, images: LabImages): ListrTask[] {
  const { place } = cluster;
  return [
    {
      title: 'control plane and container runtime',
      task: () => Promise.all([ensureControlPlane(cluster), prepareRuntime(cluster, images)]).then(() => undefined),
    },
    {
      title: 'node, DNS, volumes and Velero',
      task: async () => {
        const client = await KubeClient.of(place);
        await ensureNode(cluster);
        await ensureDns(cluster);
        await ensureVolumes(cluster, client, images.base.name);
        await ensureVelero(cluster, client, images.velero.name, images.veleroPlugin.name);
      },
    },
    {
      title: 'ready',
      task: async () => {
        const client = await KubeClient.of(place);
        await waitUntil(`The node of ${place.name} is ready`, () => isNodeReady(client, place));
        await waitUntil(`Velero on ${place.name} is ready`, () => isVeleroReady(client));
      },
    },
  ];
}

async function prepareRuntime(cluster: ClusterContext, images: LabImages): Promise<void> {
  await ensureContainerd(cluster, images.base.name);
  const present = await listImages(cluster.place);
  // The hook runner is large and rarely run: the first hook pulls it.
  const { hookRunner: _, ...needed } = images;
  const missing = Object.values(needed).filter((image) => !present.has(image.name));
  for (const image of missing) await importImage(cluster.place, image.archive);
}
