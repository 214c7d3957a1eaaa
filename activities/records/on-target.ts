import type { ClusterClient } from '../../clusters/cluster-client.js';
import { describeReference, type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { LABELS } from '../../resources/meta/labels.js';
import type { Mapping } from '../../resources/plan/mappings.js';
import { differs, type OnTarget } from '../../resources/plan/on-target.js';
import { isClusterBoundSecret, isMadeByCluster } from '../../resources/transforms/left-behind.js';
import { namespaceMapping } from '../../resources/transforms/namespace-references.js';
import { controllerOf } from '../../resources/workloads/ownership.js';
import { isHalted } from '../../resources/workloads/quiesce.js';
import { readObjects } from '../kit/read-objects.js';

const NETWORKING = 'networking.k8s.io/v1';
const RBAC = 'rbac.authorization.k8s.io/v1';

/** What applications consist of beside workloads and volumes. Of other kinds, the Restore tells what was there already. */
const COMPARED = [
  { apiVersion: 'v1', kind: 'ConfigMap' },
  { apiVersion: 'v1', kind: 'Secret' },
  { apiVersion: 'v1', kind: 'Service' },
  { apiVersion: NETWORKING, kind: 'Ingress' },
  { apiVersion: NETWORKING, kind: 'NetworkPolicy' },
  { apiVersion: 'route.openshift.io/v1', kind: 'Route' },
  { apiVersion: RBAC, kind: 'Role' },
  { apiVersion: RBAC, kind: 'RoleBinding' },
] as const;

interface Looked {
  /** Of namespaces that are on the target. */
  namespaces: readonly Mapping[];
  planUid: string;
  /** Of the source: those the plan brings and that are to run. */
  workloads: readonly KubeObject[];
  /** Of the target. */
  there: readonly KubeObject[];
  /** Whether the plan brings such objects at all. */
  brings: (object: KubeObject) => boolean;
  signal?: AbortSignal;
}

/** Compares what a plan brings with what its target namespaces hold already. */
export async function findOnTarget(
  { source, target }: { source: ClusterClient; target: ClusterClient },
  { namespaces, planUid, workloads, there, brings, signal }: Looked,
): Promise<OnTarget> {
  const targetOf = new Map(namespaces.map((mapping) => [mapping.source, mapping.target]));
  const nameOnTarget = (object: KubeObject): string =>
    describeReference({ ...referenceOf(object), namespace: targetOf.get(object.metadata.namespace ?? '') });
  const isForeign = ({ metadata }: KubeObject): boolean =>
    metadata.labels?.[LABELS.migratedByPlan] !== planUid && metadata.labels?.[LABELS.helper] === undefined;

  const foreign = new Map(there.filter(isForeign).map((object) => [describeReference(referenceOf(object)), object]));
  const found = workloads.flatMap((workload) => foreign.get(nameOnTarget(workload)) ?? []);
  const describe = (objects: readonly KubeObject[]) => objects.map((object) => describeReference(referenceOf(object)));

  const onTarget = await readObjects(target, COMPARED, { namespaces: [...targetOf.values()], signal });
  const candidates = onTarget
    .map(({ type, objects }) => ({ type, objects: objects.filter((object) => isForeign(object) && isPeoples(object)) }))
    .filter(({ objects }) => objects.length > 0);
  const onSource = await readObjects(
    source,
    candidates.map(({ type }) => type),
    { namespaces: [...targetOf.keys()], signal },
  );
  const counterparts = new Map(
    onSource.flatMap(({ objects }) =>
      objects.filter((object) => isPeoples(object) && brings(object)).map((object) => [nameOnTarget(object), object]),
    ),
  );
  const mapping = namespaceMapping(namespaces);
  const differing = candidates
    .flatMap(({ objects }) => objects)
    .filter((object) => {
      const counterpart = counterparts.get(describeReference(referenceOf(object)));
      return counterpart !== undefined && differs(counterpart, object, mapping);
    });
  return {
    down: describe(found.filter(isHalted)),
    running: describe(found.filter((object) => !isHalted(object))),
    differing: describe(differing),
  };
}

/** Neither the cluster's nor a controller's. */
const isPeoples = (object: KubeObject): boolean =>
  !isMadeByCluster(object) && !isClusterBoundSecret(object) && controllerOf(object) === undefined;
