import type { ApiResource, ClusterClient } from '../../clusters/cluster-client.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import type { RunRecord } from '../../resources/run/run-record.js';
import type { Pulse } from '../kit/pulse.js';
import { readObjects } from '../kit/read-objects.js';
import { removeObjects } from '../kit/remove-objects.js';
import { targetNamespaces } from '../workloads/list-workloads.js';

/** Kinds that carry our labels for other reasons: controllers put a Service's on its endpoints, the others are made by us. */
const ADDRESSES = new Set(['Endpoints', 'EndpointSlice']);
const NOT_RESTORED = new Set([...ADDRESSES, 'Namespace', 'PersistentVolumeClaim', 'PersistentVolume']);

const mayBeRestored = ({ kind, verbs }: ApiResource): boolean =>
  ['list', 'create', 'delete'].every((verb) => verbs.includes(verb)) && !NOT_RESTORED.has(kind);

/** What Restores brought, by a label they put on it: in the target namespaces and among the cluster-scoped objects. */
export async function findRestored(
  target: ClusterClient,
  record: RunRecord,
  labelSelector: string,
  signal: AbortSignal,
): Promise<KubeObject[]> {
  // A CustomResourceDefinition may have come with the Restore.
  const types = (await target.discover({ signal, refresh: true })).filter(mayBeRestored);
  return findLabelled(target, types, record, labelSelector, signal);
}

/** What is marked as not to stay; with addresses, which no controller removes where their Service had no selector. */
export async function findStrays(
  target: ClusterClient,
  record: RunRecord,
  labelSelector: string,
  signal: AbortSignal,
): Promise<KubeObject[]> {
  const types = (await target.discover({ signal })).filter((type) => mayBeRestored(type) || ADDRESSES.has(type.kind));
  return findLabelled(target, types, record, labelSelector, signal);
}

async function findLabelled(
  target: ClusterClient,
  types: readonly ApiResource[],
  record: RunRecord,
  labelSelector: string,
  signal: AbortSignal,
): Promise<KubeObject[]> {
  const found = await readObjects(target, types, { namespaces: targetNamespaces(record), labelSelector, signal });
  const objects = found.flatMap((group) => group.objects);
  // One object may be served by two groups.
  const distinct = new Map(objects.map((object) => [object.metadata.uid, object]));
  return [...distinct.values()];
}

/** Removes objects of ours and waits until they are gone. Pods get no grace period: they only repeat work that others do. */
export const removeRestored = (target: ClusterClient, objects: readonly KubeObject[], pulse: Pulse): Promise<void> =>
  removeObjects(target, objects, { gracePeriodSeconds: 0, waitingFor: 'restored objects to be gone' }, pulse);
