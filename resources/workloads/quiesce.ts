import type { KubeObject } from '../meta/kube-object.js';
import { ANNOTATIONS } from '../meta/labels.js';
import { applyMergePatch, type MergePatch } from '../meta/merge-patch.js';
import type { Arrival, Finish } from './workload-kind.js';
import { WORKLOAD_KINDS, workloadKindOf } from './workload-kinds.js';

/** Annotations that quiesce writes and un-quiesce removes. */
const QUIESCE_ANNOTATIONS = [
  ANNOTATIONS.preQuiesceReplicas,
  ANNOTATIONS.preQuiesceSuspend,
  ANNOTATIONS.preQuiescePaused,
  ANNOTATIONS.preQuiesceNodeSelector,
  ANNOTATIONS.preQuiesceClaimRetention,
  ANNOTATIONS.vmRunStrategy,
  ANNOTATIONS.startVm,
  ANNOTATIONS.quiescedByPlan,
  ANNOTATIONS.quiescedByRun,
];

/** Our kinds, without what follows another workload (a Deployment's ReplicaSets). */
export const isWorkload = (object: KubeObject): boolean => workloadKindOf(object).stands(object);

export const isHalted = (object: KubeObject): boolean => workloadKindOf(object).isHalted(object);

export const isQuiescedBy = (object: KubeObject, planUid: string): boolean =>
  object.metadata.annotations?.[ANNOTATIONS.quiescedByPlan] === planUid;

/** Which attempt of which run halted it, as its annotation says. */
export function haltedByRun({ metadata }: KubeObject): { uid: string; attempt: number } | undefined {
  const [uid = '', attempt = ''] = (metadata.annotations?.[ANNOTATIONS.quiescedByRun] ?? '').split('/');
  return uid === '' ? undefined : { uid, attempt: Number(attempt) };
}

/** What MTC, or another plan, halted and left down: its annotations tell how it ran. */
export function isHaltedByOthers(object: KubeObject, planUid: string): boolean {
  const kind = workloadKindOf(object);
  const saved = object.metadata.annotations ?? {};
  if (!kind.isHalted(object) || isQuiescedBy(object, planUid) || !hasSavedState(object)) return false;
  const spec = kind.resume(saved);
  if (!spec) return false;
  return !kind.isHalted(applyMergePatch(object, { spec })) || kind.finish?.(saved, object) !== undefined;
}

const hasSavedState = (object: KubeObject): boolean =>
  savedState(object).some((annotation) => object.metadata.annotations?.[annotation] !== undefined);

const savedState = ({ kind }: KubeObject): string[] => [
  workloadKindOf({ kind }).annotation,
  ...(kind === 'VirtualMachine' ? [ANNOTATIONS.startVm] : []),
];

/** `preQuiesceReplicas: 2`: how a halted workload ran, by its annotations. */
export const describeSavedState = (object: KubeObject): string =>
  savedState(object)
    .flatMap((annotation) => {
      const value = object.metadata.annotations?.[annotation];
      return value === undefined ? [] : [`${annotation.split('/').at(-1)}: ${value}`];
    })
    .join(', ');

/** The workload as one that this plan halted: by {@link resume} it comes back as its annotations say. */
export const takenOver = (object: KubeObject, planUid: string): KubeObject => ({
  ...object,
  metadata: {
    ...object.metadata,
    annotations: { ...object.metadata.annotations, [ANNOTATIONS.quiescedByPlan]: planUid },
  },
});

/** The field by which a workload is halted, as it stands: `spec.replicas`, 3. */
export function haltingField(object: KubeObject): { path: string; value: unknown } {
  const field = workloadKindOf(object).field(object);
  return { path: `spec.${field.join('.')}`, value: field.reduce((node, name) => node?.[name], object.spec) };
}

/**
 * The one merge patch that saves a workload's state and halts it, valid only for the state it was made from (409 otherwise).
 * Undefined when it is halted already: what was saved then stays, and what its owner had stopped is not ours to start.
 */
export function halt(
  object: KubeObject,
  planUid: string,
  run?: { uid: string; attempt: number },
): MergePatch | undefined {
  const kind = workloadKindOf(object);
  if (kind.isHalted(object)) return undefined;
  return {
    metadata: {
      resourceVersion: object.metadata.resourceVersion,
      annotations: {
        ...withoutQuiesceAnnotations(),
        ...kind.save(object),
        [ANNOTATIONS.quiescedByPlan]: planUid,
        ...(run && { [ANNOTATIONS.quiescedByRun]: `${run.uid}/${run.attempt}` }),
      },
    },
    spec: kind.halt(object),
  };
}

/** What stays on a workload that is no longer halted. */
export interface Release {
  /** The saved state stays as a note; only the mark that the plan holds the workload down goes. */
  keepAnnotations?: boolean;
}

export type Resumption =
  /** The patch brings the former state back; with `finish` only the first half of it, and {@link finishing} the second. */
  | { outcome: 'starts'; patch: MergePatch; finish?: Finish }
  /** It was started again since then: the patch removes the annotations only. */
  | { outcome: 'runsAlready'; patch: MergePatch }
  /** The annotation that keeps the former state was damaged. */
  | { outcome: 'unreadable'; annotation: string; saved: string | undefined };

/** How a workload halted by a run of this plan comes back as it was; undefined for all others. */
export function resume(object: KubeObject, planUid: string, release: Release = {}): Resumption | undefined {
  if (!isQuiescedBy(object, planUid)) return undefined;
  const kind = workloadKindOf(object);
  const saved = object.metadata.annotations ?? {};
  const spec = kind.resume(saved);
  const finish = spec && kind.finish?.(saved, object);
  // An attempt that was killed in between has done the first half.
  const halfDone = finish !== undefined && holds(object.spec ?? {}, spec as MergePatch);
  if (!kind.isHalted(object) && !halfDone) return { outcome: 'runsAlready', patch: released(object, release) };
  if (!spec) return { outcome: 'unreadable', annotation: kind.annotation, saved: saved[kind.annotation] };
  if (!finish) return { outcome: 'starts', patch: { ...released(object, release), spec } };
  return { outcome: 'starts', patch: { metadata: versionOf(object), spec }, finish };
}

/** The patch that ends the quiesce; undefined when others have ended it already. */
export const finishing = (
  object: KubeObject,
  planUid: string,
  { spec }: Finish,
  release: Release = {},
): MergePatch | undefined =>
  isQuiescedBy(object, planUid) ? { ...released(object, release), ...(spec && { spec }) } : undefined;

const versionOf = ({ metadata }: KubeObject): object => ({ resourceVersion: metadata.resourceVersion });

const released = (object: KubeObject, { keepAnnotations }: Release): MergePatch => ({
  metadata: {
    ...versionOf(object),
    annotations: keepAnnotations
      ? { [ANNOTATIONS.quiescedByPlan]: null, [ANNOTATIONS.quiescedByRun]: null }
      : withoutQuiesceAnnotations(),
  },
});

/** Every field of the patch, none of which is nested, is as it says. */
const holds = (spec: Record<string, unknown>, patch: MergePatch): boolean =>
  Object.entries(patch).every(([field, value]) => spec[field] === value);

/**
 * Per kind, the merge patches under which any object of it arrives on the target halted, whatever the backup holds. Objects backed up
 * while their source was quiesced arrive so by themselves, with the annotations that {@link resume} reads.
 */
export const ARRIVE_HALTED: readonly (Arrival & { groupResource: string })[] = WORKLOAD_KINDS.flatMap(
  ({ groupResource, arrive }) => arrive.map(({ where, patch }) => ({ groupResource, where, patch: { spec: patch } })),
);

const withoutQuiesceAnnotations = (): Record<string, null> =>
  Object.fromEntries(QUIESCE_ANNOTATIONS.map((annotation) => [annotation, null]));
