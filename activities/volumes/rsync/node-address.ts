import type { ClusterClient } from '../../../clusters/cluster-client.js';
import { hasCondition } from '../../../resources/meta/conditions.js';
import type { KubeObject } from '../../../resources/meta/kube-object.js';
import { RECENT, sharedReads } from '../../kit/shared-reads.js';

const ADDRESS_TYPES = ['ExternalIP', 'InternalIP', 'ExternalDNS', 'InternalDNS'];
/** Seldom known to the DNS of another cluster: to ask for it costs seconds, and is done where a node tells nothing else. */
const LAST_RESORT = ['Hostname'];
/** Each that does not answer costs a client seconds. */
const MOST = 4;

/**
 * Addresses of nodes as other clusters may reach them, the most likely one first; the API server's host when no node tells one. A node
 * port is served by every node, but not every node answers.
 */
export async function nodeAddresses(client: ClusterClient, signal: AbortSignal): Promise<[string, ...string[]]> {
  const items = await listNodes(client, signal);
  const [first, ...others] = likelyAddresses(items);
  return first === undefined ? [new URL(client.server).hostname] : [first, ...others];
}

/** As they were seconds ago at most. */
export const listNodes = (client: ClusterClient, signal: AbortSignal): Promise<KubeObject[]> =>
  sharedReads(client).list({ apiVersion: 'v1', kind: 'Node' }, {}, { age: RECENT, signal });

export function likelyAddresses(nodes: readonly KubeObject[]): string[] {
  const ready = nodes.filter(({ status }) => hasCondition(status?.conditions, 'Ready'));
  const ranked = (ready.length > 0 ? ready : nodes)
    .toSorted((one, other) => obstaclesOf(one) - obstaclesOf(other))
    .map(addressesOf)
    .filter((addresses) => addresses.length > 0);
  // One of each node before the second of any: what keeps one address from answering mostly keeps its node.
  const best = ranked.flatMap(([address]) => address ?? []);
  return [...new Set([...best.slice(0, MOST - 1), ...ranked.flatMap(([, ...others]) => others), ...best])].slice(
    0,
    MOST,
  );
}

/** How much speaks against a node that is asked to pass traffic on. */
function obstaclesOf({ metadata, spec, status }: KubeObject): number {
  const labels = metadata.labels ?? {};
  const taints: { key: string }[] = spec?.taints ?? [];
  return (
    (hasNoNetwork(status?.conditions) ? 8 : 0) +
    // It is about to be taken away.
    (spec?.unschedulable || taints.some(({ key }) => /^(ToBeDeleted|DeletionCandidate)/.test(key)) ? 4 : 0) +
    ('node.kubernetes.io/exclude-from-external-load-balancers' in labels ? 2 : 0) +
    // Often behind a firewall of their own.
    ('node-role.kubernetes.io/control-plane' in labels || 'node-role.kubernetes.io/master' in labels ? 1 : 0)
  );
}

const hasNoNetwork = (conditions: readonly { type: string; status: string }[] = []): boolean =>
  conditions.some(({ type, status }) => type === 'NetworkUnavailable' && status === 'True');

function addressesOf({ status }: KubeObject): string[] {
  const addresses: { type: string; address: string }[] = status?.addresses ?? [];
  const ofTypes = (types: string[]): string[] =>
    types.flatMap((type) => addresses.find((candidate) => candidate.type === type)?.address ?? []);
  const known = ofTypes(ADDRESS_TYPES);
  return known.length > 0 ? known.slice(0, 2) : ofTypes(LAST_RESORT);
}
