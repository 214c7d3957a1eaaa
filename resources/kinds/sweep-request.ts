import type { FieldError } from '../meta/kind-definition.js';
import type { KubeObject } from '../meta/kube-object.js';
import { ANNOTATIONS } from '../meta/labels.js';
import { changeAnnotations, keepAnnotations } from '../run/keep-annotations.js';

/** How often a sweep of the plan was asked for. */
export const sweepsRequested = ({ metadata }: KubeObject): number =>
  Number(metadata.annotations?.[ANNOTATIONS.sweepsRequested] ?? 0);

/** Whether a sweep was asked for that has not been made. */
export const isSweepDue = (plan: KubeObject): boolean => sweepsRequested(plan) > (plan.status?.lastSweep?.request ?? 0);

/** A user's write to a plan: its wish for a sweep, if it has one, is counted. One that cannot be granted is left for the validation. */
export function mergeSweepRequest(sent: KubeObject, stored: KubeObject): KubeObject {
  const merged = keepAnnotations(sent, stored, [ANNOTATIONS.sweepsRequested]);
  const wanted = merged.metadata.annotations?.[ANNOTATIONS.sweep] !== undefined;
  if (!wanted || stored.metadata.deletionTimestamp) return merged;
  return changeAnnotations(merged, {
    [ANNOTATIONS.sweep]: undefined,
    [ANNOTATIONS.sweepsRequested]: String(sweepsRequested(stored) + 1),
  });
}

/** What is still there of a wish after the merge was refused. */
export function validateSweepRequest({ metadata }: KubeObject, previous?: KubeObject): FieldError[] {
  const annotations = metadata.annotations ?? {};
  const refused = previous ? [ANNOTATIONS.sweep] : [ANNOTATIONS.sweep, ANNOTATIONS.sweepsRequested];
  const message = previous
    ? 'the plan is being deleted, which removes what its migrations left'
    : 'there is nothing to sweep yet; leave it out';
  return refused
    .filter((annotation) => annotation in annotations)
    .map((annotation) => ({ field: `metadata.annotations[${annotation}]`, reason: 'FieldValueForbidden', message }));
}
