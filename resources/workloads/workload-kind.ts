import type { KubeObject } from '../meta/kube-object.js';
import type { MergePatch } from '../meta/merge-patch.js';

type Annotations = Record<string, string>;

/** How one kind of workload is halted and brought back. All patches are of `spec`. */
export interface WorkloadKind {
  apiVersion: string;
  kind: string;
  /** `plural.group`, as Velero and `kubectl api-resources` name it. */
  groupResource: string;
  /** Path of the field that halts it, below `spec`. */
  field: (object: KubeObject) => string[];
  /** Annotation that keeps what `field` held while the workload is halted. */
  annotation: string;
  /** False for objects that follow another workload and are halted with it. */
  stands: (object: KubeObject) => boolean;
  /** Its controller keeps no pod of it running and starts none. */
  isHalted: (object: KubeObject) => boolean;
  /** The present state as annotations keep it. */
  save: (object: KubeObject) => Annotations;
  halt: (object: KubeObject) => MergePatch;
  /** How any object that arrives on the target is halted there, whatever the backup holds. */
  arrive: readonly Arrival[];
  /** Undefined when the annotations are not what `save` writes. */
  resume: (saved: Annotations) => MergePatch | undefined;
  /** What can only be done once its controller has followed the patch of `resume`. */
  finish?: (saved: Annotations, object: KubeObject) => Finish | undefined;
}

export interface Arrival {
  patch: MergePatch;
  /** Only for objects that hold this value below `spec`. */
  where?: { field: string; value: string };
}

/** The second half of bringing a workload back. The annotations stay until it is done, so that a repeated attempt does it. */
export interface Finish {
  /** What its controller has to have done, for the operator. */
  waitsFor: string;
  isDue: (object: KubeObject) => boolean;
  spec?: MergePatch;
  /** Subresource to be called, as `plural/name` of the kind are in `group`'s `version`. */
  call?: { group: string; version: string; plural: string; subresource: string };
}
