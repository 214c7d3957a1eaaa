import { enter } from '../../../lab/machine/network.js';
import { type ClusterName, type ClusterPlace, existingSlot } from '../../../lab/machine/slot.js';

/**
 * Faults for tests. Every rule is inside a cluster's network namespace, so that a forgotten one goes with the lab.
 * To cut what is cut, and to restore what is whole, changes nothing.
 */

/** Drops what pods of one cluster send to the other cluster's node, where its NodePorts are, and the answers. */
export async function cutPodTraffic(): Promise<void> {
  const { source, target } = (await existingSlot()).clusters;
  await drop(source, betweenPodsAnd(target.nodeAddress));
  await drop(target, betweenPodsAnd(source.nodeAddress));
}

export async function restorePodTraffic(): Promise<void> {
  const { source, target } = (await existingSlot()).clusters;
  await allow(source, betweenPodsAnd(target.nodeAddress));
  await allow(target, betweenPodsAnd(source.nodeAddress));
}

/** Drops what this machine exchanges with a cluster's API server. The cluster itself keeps running. */
export async function cutApiServer(cluster: ClusterName): Promise<void> {
  const { address, clusters } = await existingSlot();
  await drop(clusters[cluster], toApiServerFrom(address));
}

export async function restoreApiServer(cluster: ClusterName): Promise<void> {
  const { address, clusters } = await existingSlot();
  await allow(clusters[cluster], toApiServerFrom(address));
}

/** A chain of iptables and what it is to drop. */
type Rule = [chain: string, ...match: string[]];

const betweenPodsAnd = (node: string): Rule[] => [
  ['FORWARD', '-d', node],
  ['FORWARD', '-s', node],
];

const toApiServerFrom = (machine: string): Rule[] => [
  ['INPUT', '-s', machine, '-p', 'tcp', '--dport', '6443'],
  ['OUTPUT', '-d', machine, '-p', 'tcp', '--sport', '6443'],
];

const iptables = (place: ClusterPlace, action: string, rule: Rule) =>
  enter(place.namespace, ['iptables', '--wait', action, ...rule, '-j', 'DROP']);

const isDropped = (place: ClusterPlace, rule: Rule) =>
  iptables(place, '-C', rule).then(
    () => true,
    () => false,
  );

async function drop(place: ClusterPlace, rules: Rule[]): Promise<void> {
  for (const rule of rules) if (!(await isDropped(place, rule))) await iptables(place, '-I', rule);
}

async function allow(place: ClusterPlace, rules: Rule[]): Promise<void> {
  for (const rule of rules) if (await isDropped(place, rule)) await iptables(place, '-D', rule);
}
