import Table from 'cli-table3';
import { clientOf, isNodeReady } from './kube.js';
import { objectStoreUrl } from './object-store.js';
import { recordedServices } from './processes.js';
import { registryAddress } from './registry.js';
import type { ClusterPlace, Slot } from './slot.js';
import { stateFolder } from './state.js';
import { isVeleroReady } from './velero.js';

/** A table for people, and whether everything is as `up` leaves it. */
export async function labStatus(slot: Slot): Promise<{ table: string; complete: boolean }> {
  const clusters = Object.values(slot.clusters);
  const places = [
    { name: 'lab', folder: stateFolder },
    ...clusters.map((place) => ({ name: place.name, folder: place.folder })),
  ];
  const rows: [string, string, boolean][] = [];
  for (const { name, folder } of places) {
    for (const [service, runs] of await recordedServices(folder)) rows.push([name, service, runs]);
  }
  for (const place of clusters) {
    rows.push([place.name, `node ${place.nodeName} ready`, await isTrue(isNodeReady, place)]);
    rows.push([place.name, 'Velero ready', await isTrue(isVeleroReady, place)]);
  }
  const table = new Table({ head: ['where', 'what', ''] });
  table.push(...rows.map(([where, what, good]) => [where, what, good ? 'yes' : 'NO']));
  const addresses = [
    `object store ${objectStoreUrl(slot)}, registry http://${registryAddress(slot)}`,
    ...clusters.map((place) => `${place.name}: API server ${place.apiServer}, kubeconfig ${place.folder}/kubeconfig`),
  ];
  return { table: `${table}\n${addresses.join('\n')}`, complete: rows.every(([, , good]) => good) };
}

type Question = (client: ReturnType<typeof clientOf>, nodeName: string) => Promise<boolean>;

/** A cluster that can't be asked answers no. */
async function isTrue(question: Question, place: ClusterPlace): Promise<boolean> {
  try {
    return await question(clientOf(place), place.nodeName);
  } catch {
    return false;
  }
}
