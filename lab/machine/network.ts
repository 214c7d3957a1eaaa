import { findLink } from './links.js';
import { run, succeeds } from './run.js';
import type { ClusterPlace, Slot } from './slot.js';
import { checkout } from './state.js';

/** The path by which `nsenter` finds a network namespace. */
export const namespaceFile = (namespace: string) => `/run/netns/${namespace}`;

/** One bridge on the machine, one namespace per cluster, a veth pair between them. Does only what is missing. */
export async function ensureNetwork(slot: Slot): Promise<void> {
  if (!(await findLink(slot.bridge))) {
    await run('ip', ['link', 'add', slot.bridge, 'type', 'bridge']);
    await run('ip', ['link', 'set', 'dev', slot.bridge, 'alias', checkout]);
  }
  await run('ip', ['address', 'replace', `${slot.address}/24`, 'dev', slot.bridge]);
  await run('ip', ['link', 'set', 'dev', slot.bridge, 'up']);
  for (const place of Object.values(slot.clusters)) await ensureNamespace(slot, place);
}

async function ensureNamespace(slot: Slot, place: ClusterPlace): Promise<void> {
  const inside = (...args: string[]) => run('ip', ['-n', place.namespace, ...args]);
  if (!(await succeeds('ip', ['-n', place.namespace, 'link', 'show', 'dev', 'lo']))) {
    // What `ip` leaves of a namespace that no longer exists (after a reboot where /run is kept) cannot be entered.
    await run('ip', ['netns', 'delete', place.namespace], { reject: false });
    await run('ip', ['netns', 'add', place.namespace]);
  }
  if (!(await succeeds('ip', ['-n', place.namespace, 'link', 'show', 'dev', 'eth0']))) {
    await run('ip', ['link', 'delete', 'dev', place.link], { reject: false });
    await run('ip', ['link', 'add', place.link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', place.namespace]);
  }
  await run('ip', ['link', 'set', 'dev', place.link, 'master', slot.bridge, 'up']);
  await inside('address', 'replace', `${place.nodeAddress}/24`, 'dev', 'eth0');
  await inside('link', 'set', 'dev', 'lo', 'up');
  await inside('link', 'set', 'dev', 'eth0', 'up');
  await inside('route', 'replace', 'default', 'via', slot.address);
  await enter(place.namespace, ['sysctl', '-qw', 'net.ipv4.ip_forward=1']);
}

/** Runs a program inside a cluster's network namespace. */
export function enter(namespace: string, command: string[]): Promise<string> {
  return run('nsenter', [`--net=${namespaceFile(namespace)}`, '--', ...command]);
}

/** Removes bridge and namespaces; a veth pair goes with its namespace, and so do the rules inside it. */
export async function removeNetwork(slot: Slot): Promise<void> {
  for (const place of Object.values(slot.clusters)) {
    await run('ip', ['link', 'delete', 'dev', place.link], { reject: false });
    await run('ip', ['netns', 'delete', place.namespace], { reject: false });
  }
  await run('ip', ['link', 'delete', 'dev', slot.bridge], { reject: false });
}
