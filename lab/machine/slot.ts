import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bridgeOwner } from './links.js';
import { checkout, makeFolder, stateFolder } from './state.js';

const clusterNames = ['source', 'target'] as const;
export type ClusterName = (typeof clusterNames)[number];

/** Slots 0–15: each takes a /20 of 198.19.0.0/16 (pods and services) and a /24 of 198.18.0.0/16 (the machine's side). */
export const slotCount = 16;

/** Where one cluster lives on this machine; all of it follows from the slot number. */
export interface ClusterPlace {
  name: ClusterName;
  /** Network namespace. */
  namespace: string;
  /** The machine's end of the veth pair. */
  link: string;
  /** Control group, as a path below each hierarchy's mount. */
  cgroup: string;
  nodeName: string;
  nodeAddress: string;
  podSubnet: string;
  serviceSubnet: string;
  /** Address of the Service `kubernetes`. */
  apiServiceAddress: string;
  apiServer: string;
  /** Everything of the cluster that stays on disk. */
  folder: string;
  /** Short path for sockets and mounts: a UNIX socket's path may have 107 characters at most. */
  runFolder: string;
}

/** Where a lab lives on this machine. */
export interface Slot {
  number: number;
  bridge: string;
  /** The machine's address on the bridge: object store and registry listen here. */
  address: string;
  cgroup: string;
  runFolder: string;
  clusters: Record<ClusterName, ClusterPlace>;
}

/** Pure arithmetic: names, addresses and folders of the slot `number`, for a lab whose files are in `folder`. */
export function slotOf(number: number, folder = stateFolder): Slot {
  if (!Number.isInteger(number) || number < 0 || number >= slotCount) {
    throw new Error(`A lab's slot is a number from 0 to ${slotCount - 1}, not ${number}.`);
  }
  const lab = `mtlab${number}`;
  const place = (name: ClusterName, index: number): ClusterPlace => ({
    name,
    namespace: `${lab}-${name}`,
    link: `${lab}-${name}`,
    cgroup: `/${lab}/${name}`,
    nodeName: `node-${name}`,
    nodeAddress: `198.18.${number}.${10 + index}`,
    podSubnet: `198.19.${number * 16 + index * 8}.0/24`,
    serviceSubnet: `198.19.${number * 16 + index * 8 + 4}.0/22`,
    apiServiceAddress: `198.19.${number * 16 + index * 8 + 4}.1`,
    apiServer: `https://198.18.${number}.${10 + index}:6443`,
    folder: join(folder, name),
    runFolder: `/run/${lab}/${name}`,
  });
  return {
    number,
    bridge: lab,
    address: `198.18.${number}.1`,
    cgroup: `/${lab}`,
    runFolder: `/run/${lab}`,
    clusters: { source: place('source', 0), target: place('target', 1) },
  };
}

const slotFile = join(stateFolder, 'slot');

/** The slot this checkout has recorded; undefined before its first `up`. */
export async function recordedSlot(): Promise<Slot | undefined> {
  const text = await readFile(slotFile, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : slotOf(Number(text));
}

/** @throws when there is no lab here */
export async function existingSlot(): Promise<Slot> {
  const slot = await recordedSlot();
  if (!slot) throw new Error('There is no lab yet: npm run lab -- up');
  return slot;
}

/** The slot of a lab of this checkout that still runs although its `.lab/` was removed. */
export async function orphanedSlot(): Promise<Slot | undefined> {
  if (await recordedSlot()) return undefined;
  for (const slot of allSlots()) if ((await bridgeOwner(slot.bridge)) === checkout) return slot;
  return undefined;
}

const allSlots = () => Array.from({ length: slotCount }, (_, number) => slotOf(number));

/**
 * The slot of this checkout: the recorded one, else `LAB_SLOT`, else the first one no bridge occupies.
 * @throws when another checkout's lab runs in it
 */
export async function claimSlot(): Promise<Slot> {
  const slot = (await recordedSlot()) ?? (await chooseSlot());
  const owner = await bridgeOwner(slot.bridge);
  if (owner !== undefined && owner !== checkout) {
    throw new Error(
      `Slot ${slot.number} is taken by the lab of ${owner}. Take that one down, or remove .lab/slot (after \`npm run lab -- down\` here) to move this one.`,
    );
  }
  await makeFolder(stateFolder);
  await using file = await open(slotFile, 'w');
  await file.writeFile(`${slot.number}\n`);
  return slot;
}

async function chooseSlot(): Promise<Slot> {
  if (process.env.LAB_SLOT) return slotOf(Number(process.env.LAB_SLOT));
  for (const slot of allSlots()) if ((await bridgeOwner(slot.bridge)) === undefined) return slot;
  throw new Error(`All ${slotCount} slots are taken by other labs.`);
}
