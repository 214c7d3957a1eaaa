import type { KubeObject } from '../kube-object.js';
import { ANNOTATIONS } from '../labels.js';
import { type MergePatch, WORKLOAD_KINDS, workloadKindOf } from './workload-kinds.js';

/** Annotations that quiesce writes and un-quiesce removes. */
const QUIESCE_ANNOTATIONS = [
  ANNOTATIONS.preQuiesceReplicas,
  ANNOTATIONS.preQuiesceSuspend,
  ANNOTATIONS.preQuiescePaused,
  ANNOTATIONS.preQuiesceNodeSelector,
  ANNOTATIONS.quiescedByPlan,
];

/** Our kinds, without what follows another workload (a Deployment's ReplicaSets). */
export const isWorkload = (object: KubeObject): boolean => workloadKindOf(object).stands(object);

export const isHalted = (object: KubeObject): boolean => workloadKindOf(object).isHalted(object);

export const isQuiescedBy = (object: KubeObject, planUid: string): boolean =>
  object.metadata.annotations?.[ANNOTATIONS.quiescedByPlan] === planUid;

/**
 * The one merge patch that saves a workload's state and halts it, valid only for the state it was made from (409 otherwise).
 * Undefined when it is halted already: what was saved then stays, and what its owner had stopped is not ours to start.
 */
export function halt(object: KubeObject, planUid: string): MergePatch | undefined {
  const kind = workloadKindOf(object);
  if (kind.isHalted(object)) return undefined;
  return {
    metadata: {
      resourceVersion: object.metadata.resourceVersion,
      annotations: {
        ...withoutQuiesceAnnotations(),
        ...kind.save(object),
        [ANNOTATIONS.quiescedByPlan]: planUid,
      },
    },
    spec: kind.halt(object),
  };
}

export type Resumption =
  /** The patch brings the former state back. */
  | { outcome: 'starts'; patch: MergePatch }
  /** Somebody started it meanwhile: the patch removes the annotations only. */
  | { outcome: 'runsAlready'; patch: MergePatch }
  /** Somebody damaged the annotation that keeps the former state. */
  | { outcome: 'unreadable'; annotation: string; saved: string | undefined };

/** How a workload halted by a run of this plan comes back as it was; undefined for all others. */
export function resume(object: KubeObject, planUid: string): Resumption | undefined {
  if (!isQuiescedBy(object, planUid)) return undefined;
  const kind = workloadKindOf(object);
  const metadata = {
    resourceVersion: object.metadata.resourceVersion,
    annotations: withoutQuiesceAnnotations(),
  };
  if (!kind.isHalted(object)) return { outcome: 'runsAlready', patch: { metadata } };

  const saved = object.metadata.annotations ?? {};
  const spec = kind.resume(saved);
  return spec
    ? { outcome: 'starts', patch: { metadata, spec } }
    : { outcome: 'unreadable', annotation: kind.annotation, saved: saved[kind.annotation] };
}

/**
 * Per kind, the merge patch under which any object of it arrives on the target halted, whatever the backup holds. Objects backed up
 * while their source was quiesced arrive so by themselves, with the annotations that {@link resume} reads.
 */
export const ARRIVE_HALTED: readonly { groupResource: string; patch: MergePatch }[] = WORKLOAD_KINDS.map((kind) => ({
  groupResource: kind.groupResource,
  patch: {
    spec: { ...kind.halt({ apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: '' } }), ...kind.arrive },
  },
}));

const withoutQuiesceAnnotations = (): Record<string, null> =>
  Object.fromEntries(QUIESCE_ANNOTATIONS.map((annotation) => [annotation, null]));
