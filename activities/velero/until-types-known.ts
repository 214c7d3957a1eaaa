import { setTimeout as delay } from 'node:timers/promises';
import type { ApiResource, ClusterClient } from '../../clusters/cluster-client.js';
import { POD } from '../../resources/meta/kube-object.js';
import { MIGRATION_NAMESPACE } from '../../resources/meta/labels.js';
import type { RunRecord } from '../../resources/run/run-record.js';
import { type ActivityDependencies, clusterOf } from '../kit/dependencies.js';
import type { Pulse } from '../kit/pulse.js';
import { readObjects } from '../kit/read-objects.js';
import { sourceNamespaces } from '../workloads/list-workloads.js';

/** Velero asks the cluster for new types this often, and silently leaves out those it does not know. */
const DISCOVERY_PERIOD_MS = 5 * 60_000;
/** A definition is served this soon after it was made. */
const ESTABLISHED_MS = 2_000;
/** For the asking itself and for clocks that differ. */
const MARGIN_MS = 15_000;

/**
 * Waits until the source's Velero knows the types of all custom resources in the source namespaces: those whose definition is younger
 * than five minutes would be left out of the Backup. In Prepare, where the application still runs.
 */
export async function untilTypesKnown(deps: ActivityDependencies, record: RunRecord, pulse: Pulse): Promise<void> {
  if (!record.does.usesRepository) return;
  const { signal } = pulse;
  const source = await clusterOf(deps, record, 'source');
  const types = (await source.discover({ signal, refresh: true })).filter(isCustom);
  const found = await readObjects(source, types, { namespaces: sourceNamespaces(record), signal });
  const used = found.filter(({ objects }) => objects.length > 0).map(({ type }) => type);
  const askedAt = used.length > 0 ? await serverStartedAt(source, signal) : 0;
  const known = await Promise.all(used.map((type) => knownAt(source, type, askedAt, signal)));
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

/** When the server last asked for all types because it started, in milliseconds; 0 when no server runs. */
async function serverStartedAt(source: ClusterClient, signal: AbortSignal): Promise<number> {
  const { items } = await source.list(POD, { namespace: MIGRATION_NAMESPACE, labelSelector: 'deploy=velero', signal });
  const starts = items
    .flatMap(({ status }) => status?.containerStatuses ?? [])
    .flatMap(({ state }) => (state?.running?.startedAt ? [Date.parse(state.running.startedAt)] : []));
  return starts.length > 0 ? Math.min(...starts) : 0;
}

/**
 * When Velero knows a type at the latest, in milliseconds; 0 for one that it knows already (its server started later than the
 * definition was made) and for one without a definition of its own (aggregated APIs).
 */
async function knownAt(
  source: ClusterClient,
  { resource, group }: ApiResource,
  askedAt: number,
  signal: AbortSignal,
): Promise<number> {
  const definition = await source.get(
    { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name: `${resource}.${group}` },
    { signal },
  );
  const created = Date.parse(definition?.metadata.creationTimestamp ?? '');
  if (Number.isNaN(created) || askedAt > created + ESTABLISHED_MS) return 0;
  return created + DISCOVERY_PERIOD_MS + MARGIN_MS;
}
