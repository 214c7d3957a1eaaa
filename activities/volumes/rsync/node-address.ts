import type { ClusterClient } from '../../../clusters/cluster-client.js';
import { hasCondition } from '../../../resources/meta/conditions.js';
import type { KubeObject } from '../../../resources/meta/kube-object.js';

const ADDRESS_TYPES = ['ExternalIP', 'InternalIP', 'ExternalDNS', 'InternalDNS', 'Hostname'] as const;

/** An address of a node as other clusters may reach it; the API server's host when no node tells one. */
export async function nodeAddress(client: ClusterClient, signal: AbortSignal): Promise<string> {
  const { items } = await client.list({ apiVersion: 'v1', kind: 'Node' }, { signal });
  const ready = items.filter(({ status }) => hasCondition(status?.conditions, 'Ready'));
  return (ready.length > 0 ? ready : items).map(addressOf).find(Boolean) ?? new URL(client.server).hostname;
}

function addressOf({ status }: KubeObject): string | undefined {
  const addresses: { type: string; address: string }[] = status?.addresses ?? [];
  return ADDRESS_TYPES.map((type) => addresses.find((candidate) => candidate.type === type)?.address).find(Boolean);
}
