import type { Credentials } from '../machine/credentials.js';
import type { Service } from '../machine/processes.js';
import type { ClusterPlace, Slot } from '../machine/slot.js';

/** What the parts of one cluster are made from. */
export interface ClusterContext {
  slot: Slot;
  place: ClusterPlace;
  /** Folder of the built programs. */
  programs: string;
  credentials: Credentials;
  /** The common part of a service in the cluster's network namespace. */
  inside: (name: string) => Omit<Service, 'command'>;
}

export function clusterContext(
  slot: Slot,
  place: ClusterPlace,
  programs: string,
  credentials: Credentials,
  processesFile: string,
): ClusterContext {
  const inside = (name: string) => ({ name, folder: place.folder, namespace: place.namespace, processesFile });
  return { slot, place, programs, credentials, inside };
}
