import { setTimeout as delay } from 'node:timers/promises';
import type { ApiResource, ClusterClient } from '../../clusters/cluster-client.js';
import type { RunRecord } from '../../resources/run-record.js';
import { type ActivityDependencies, clusterOf } from '../dependencies.js';
import type { Pulse } from '../pulse.js';
import { sourceNamespaces } from '../workloads/list-workloads.js';
import { readObjects } from './read-objects.js';

/** Velero asks the cluster for new types this often, and backs up none it does not know, without a word. */
const DISCOVERY_PERIOD_MS = 5 * 60_000;
/** For the asking itself and for clocks that differ. */
const MARGIN_MS = 15_000;

/**
 * Waits until the source's Velero knows the types of all custom resources in the source namespaces: those whose definition is younger
 * than five minutes would be left out of the Backup. In Prepare, where the application still runs.
 */
export async function untilTypesKnown(deps: ActivityDependencies, record: RunRecord, pulse: Pulse): Promise<void> {
  if (record.itinerary !== 'Final') return;
  const { signal } = pulse;
  const source = await clusterOf(deps, record, 'source');
  const types = (await source.discover({ signal, refresh: true })).filter(isCustom);
  const found = await readObjects(source, types, { namespaces: sourceNamespaces(record), signal });
  const used = found.filter(({ objects }) => objects.length > 0).map(({ type }) => type);
  const known = await Promise.all(used.map((type) => knownAt(source, type, signal)));
  for (const [index, at] of known.entries()) {
    const { kind, group } = used[index] as ApiResource;
    while (Date.now() < at) {
      const seconds = Math.ceil((at - Date.now()) / 1_000);
      pulse.moved(`Velero on ${source.name} learns of the new type ${kind}.${group} within ${seconds} s.`);
      await delay(Math.min(at - Date.now(), 10_000), undefined, { signal });
    }
  }
}

/** Groups of Kubernetes itself have no dot or end in k8s.io; of the latter, those in the field are older than any migration. */
const isCustom = ({ group, namespaced }: ApiResource): boolean =>
  namespaced && group.includes('.') && !group.endsWith('.k8s.io');

/** When Velero knows a type at the latest, in milliseconds; 0 for one without a definition of its own (aggregated APIs). */
async function knownAt(source: ClusterClient, { resource, group }: ApiResource, signal: AbortSignal): Promise<number> {
  const definition = await source.get(
    { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name: `${resource}.${group}` },
    { signal },
  );
  const created = definition?.metadata.creationTimestamp;
  return created ? Date.parse(created) + DISCOVERY_PERIOD_MS + MARGIN_MS : 0;
}
