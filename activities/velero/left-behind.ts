import type { KubeObject } from '../../resources/meta/kube-object.js';
import type { RunRecord } from '../../resources/run/run-record.js';
import {
  CLUSTER_BOUND_SECRET_TYPES,
  CLUSTER_MADE_KINDS,
  DERIVABLE_KINDS,
  isClusterBoundSecret,
  isMadeByCluster,
} from '../../resources/transforms/left-behind.js';
import type { ObjectKind } from '../../resources/transforms/object-kind.js';
import type { RunClient } from '../kit/dependencies.js';
import { readObjects } from '../kit/read-objects.js';
import { sourceNamespaces } from '../workloads/list-workloads.js';

export interface LeftBehind {
  /** Types (`plural.group`) of which no object has to travel: excluded from the Backup. */
  types: string[];
  /** Objects of other types that must not stay on the target. */
  objects: { kind: ObjectKind; objects: KubeObject[] }[];
}

const SECRET: ObjectKind = { apiVersion: 'v1', kind: 'Secret', groupResource: 'secrets' };

/**
 * What controllers and the cluster made in the source namespaces and will be created again on the target.
 *
 * Velero selects objects by type and label only: not by owner, and a Secret not by its type (Velero 1.18.2 can by name; the versions in
 * the field cannot). Labels of our own on the source's objects are out of the question. So a type of which controllers made every object
 * is excluded, which is the rule for ReplicaSets and endpoints; from the others the few that must not stay travel, are marked on
 * arrival by a resource modifier and removed before anything is started.
 */
export async function findLeftBehind(client: RunClient, record: RunRecord, signal: AbortSignal): Promise<LeftBehind> {
  const scope = { namespaces: sourceNamespaces(record), signal };
  // After a quiesce no pod is left but those without controller, which the start of the target makes.
  const podless = record.does.halts;
  const [derivable, clusterMade, ...secrets] = await Promise.all([
    readObjects(client, podless ? DERIVABLE_KINDS.filter(({ kind }) => kind !== 'Pod') : DERIVABLE_KINDS, scope),
    readObjects(client, CLUSTER_MADE_KINDS, scope),
    ...CLUSTER_BOUND_SECRET_TYPES.map((type) =>
      readObjects(client, [SECRET], { ...scope, fieldSelector: `type=${type}` }),
    ),
  ]);
  const types = podless ? ['pods'] : [];
  const objects: LeftBehind['objects'] = [
    { kind: SECRET, objects: secrets.flatMap(([found]) => found?.objects ?? []).filter(isClusterBoundSecret) },
    ...clusterMade.map(({ type, objects: all }) => ({ kind: type, objects: all.filter(isMadeByCluster) })),
  ];
  for (const { type, objects: all } of derivable) {
    const others = await client.withoutHelpers(all);
    const derived = others.filter((object) => type.isDerived(object));
    if (derived.length === others.length) types.push(type.groupResource);
    else objects.push({ kind: type, objects: derived });
  }
  return { types, objects: objects.filter((group) => group.objects.length > 0) };
}
