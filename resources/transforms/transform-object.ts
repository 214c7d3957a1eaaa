import { describeReference, type KubeObject, referenceOf } from '../meta/kube-object.js';
import { claimNames, type PlannedClaims } from '../workloads/claim-names.js';
import { renameClaims } from '../workloads/claim-references.js';
import { KEDA_KINDS, paused } from '../workloads/keda.js';
import { takenOver } from '../workloads/quiesce.js';
import { WORKLOAD_KINDS } from '../workloads/workload-kinds.js';
import { withoutForeignSubjects } from './cluster-rights.js';
import { mapNamespaceReferences, NAMESPACE_REFERENCES, type NamespaceMapping } from './namespace-references.js';
import { releaseTakenNodePorts } from './node-ports.js';
import type { ObjectKind } from './object-kind.js';
import { dropGeneratedSecrets } from './service-accounts.js';
import { CLUSTER_ROLE_BINDING } from './shared-bindings.js';
import { mapStorageClasses } from './storage-classes.js';

/** What the rules need to know of a run. */
export interface TransformContext extends PlannedClaims {
  /** Of the source, that the run migrates. */
  sourceNamespaces: readonly string[];
  namespaces: NamespaceMapping;
  /** Workloads arrive halted: what would start them by itself rests until they are started. */
  halts: boolean;
  /** Workloads that others had halted and that the plan starts, as they are described; they arrive as if it had halted them. */
  adopted?: { planUid: string; workloads: ReadonlySet<string> };
  /** Node ports in use on the target. */
  takenNodePorts: ReadonlySet<number>;
}

interface Transform {
  kinds: readonly ObjectKind[];
  /** False when no object can be concerned, so that none needs to be read. */
  concerns: (context: TransformContext) => boolean;
  change: (object: KubeObject, context: TransformContext) => KubeObject;
}

const SERVICE: ObjectKind = { apiVersion: 'v1', kind: 'Service', groupResource: 'services' };
const SERVICE_ACCOUNT: ObjectKind = { apiVersion: 'v1', kind: 'ServiceAccount', groupResource: 'serviceaccounts' };
const STATEFUL_SET: ObjectKind = { apiVersion: 'apps/v1', kind: 'StatefulSet', groupResource: 'statefulsets.apps' };

const WORKLOADS: readonly ObjectKind[] = WORKLOAD_KINDS.map(({ apiVersion, kind, groupResource }) => ({
  apiVersion,
  kind,
  groupResource,
}));

const renamesClaims = ({ volumes, skippedVolumes = [] }: PlannedClaims): boolean =>
  volumes.some(({ source, target }) => source.claim !== target.claim) ||
  skippedVolumes.some(({ target }) => target !== undefined);

/** What changes in an object on its way because of what it holds. What changes in all objects of a type is in resource-modifiers.ts. */
const TRANSFORMS: readonly Transform[] = [
  { kinds: [SERVICE_ACCOUNT], concerns: () => true, change: dropGeneratedSecrets },
  {
    kinds: [SERVICE],
    concerns: ({ takenNodePorts }) => takenNodePorts.size > 0,
    change: (service, { takenNodePorts }) => releaseTakenNodePorts(service, takenNodePorts),
  },
  {
    kinds: KEDA_KINDS,
    concerns: ({ halts }) => halts,
    change: (scaler, { halts }) => (halts ? paused(scaler) : scaler),
  },
  {
    kinds: WORKLOADS,
    concerns: ({ adopted }) => adopted !== undefined && adopted.workloads.size > 0,
    change: (workload, { adopted }) =>
      adopted?.workloads.has(describeReference(referenceOf(workload)))
        ? takenOver(workload, adopted.planUid)
        : workload,
  },
  {
    kinds: [STATEFUL_SET],
    concerns: ({ volumes }) => volumes.length > 0,
    change: (statefulSet, { volumes }) => mapStorageClasses(statefulSet, volumes),
  },
  {
    // After the storage classes, which know the claims by their former names.
    kinds: WORKLOADS,
    concerns: renamesClaims,
    change: (workload, planned) => renameClaims(workload, claimNames(planned, workload.metadata.namespace)),
  },
  {
    // Before their namespaces are mapped.
    kinds: [CLUSTER_ROLE_BINDING],
    concerns: () => true,
    change: (binding, { sourceNamespaces }) => withoutForeignSubjects(binding, sourceNamespaces),
  },
  {
    kinds: NAMESPACE_REFERENCES,
    concerns: ({ namespaces }) => namespaces.size > 0,
    change: (object, { namespaces }) => mapNamespaceReferences(object, namespaces),
  },
];

/** The kinds whose objects a run has to look at. */
export function kindsToTransform(context: TransformContext): ObjectKind[] {
  const kinds = TRANSFORMS.filter(({ concerns }) => concerns(context)).flatMap((transform) => transform.kinds);
  return [...new Map(kinds.map((kind) => [kind.groupResource, kind])).values()];
}

/** The object as it is to arrive on the target, its own namespace aside. */
export const transformObject = (object: KubeObject, context: TransformContext): KubeObject =>
  TRANSFORMS.filter(({ kinds }) => kinds.some(({ kind }) => kind === object.kind)).reduce(
    (changed, { change }) => change(changed, context),
    object,
  );
