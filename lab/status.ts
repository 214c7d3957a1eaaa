import { isNodeReady, KubeClient } from './cluster/kube.js';
import { isVeleroReady } from './cluster/velero.js';
import { registryAddress } from './images/registry.js';
import { objectStoreUrl } from './machine/object-store.js';
import { recordedServices } from './machine/processes.js';
import type { ClusterPlace, Slot } from './machine/slot.js';
import { stateFolder } from './machine/state.js';

interface PlaceStatus {
  running: string[];
  stopped: string[];
}

/** Lines for people, and whether everything is as `up` leaves it. */
export async function labStatus(slot: Slot): Promise<{ text: string; complete: boolean }> {
  const shared = await servicesIn(stateFolder);
  const lines = [`slot ${slot.number}`, ...describe('lab', shared)];
  lines.push(`  object store ${objectStoreUrl(slot)}`, `  registry http://${registryAddress(slot)}`);
  let complete = shared.running.length > 0 && shared.stopped.length === 0;
  for (const place of Object.values(slot.clusters)) {
    const services = await servicesIn(place.folder);
    const nodeReady = await answersYes(place, isNodeReady);
    const veleroReady = await answersYes(place, isVeleroReady);
    complete &&= services.stopped.length === 0 && nodeReady && veleroReady;
    lines.push(...describe(place.name, services));
    lines.push(`  node ${nodeReady ? 'ready' : 'NOT READY'}, Velero ${veleroReady ? 'ready' : 'NOT READY'}`);
    lines.push(`  API server ${place.apiServer}`, `  kubeconfig ${place.folder}/kubeconfig`);
  }
  return { text: lines.join('\n'), complete };
}

async function servicesIn(folder: string): Promise<PlaceStatus> {
  const services = [...(await recordedServices(folder))];
  const named = (runs: boolean) => services.filter(([, running]) => running === runs).map(([name]) => name);
  return { running: named(true), stopped: named(false) };
}

function describe(place: string, { running, stopped }: PlaceStatus): string[] {
  const lines = [place, `  running: ${running.join(', ') || 'nothing'}`];
  return stopped.length > 0 ? [...lines, `  STOPPED: ${stopped.join(', ')}`] : lines;
}

type Question = (client: KubeClient, place: ClusterPlace) => Promise<boolean>;

/** A cluster that cannot be asked answers no. */
async function answersYes(place: ClusterPlace, question: Question): Promise<boolean> {
  try {
    return await question(await KubeClient.of(place), place);
  } catch {
    return false;
  }
}
