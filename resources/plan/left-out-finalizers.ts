import type { ConditionFinding } from '../meta/conditions.js';
import { warn } from '../meta/findings.js';
import { describeReference, type KubeObject, referenceOf } from '../meta/kube-object.js';

/** Types on which people set finalizers, beside workloads; custom resources get theirs from their operator. */
export const FINALIZED_TYPES = [
  { apiVersion: 'v1', kind: 'Service' },
  { apiVersion: 'v1', kind: 'ConfigMap' },
] as const;

/** Kubernetes puts its own on again, wherever they are needed. */
const OF_KUBERNETES = /^(foregroundDeletion|orphan|kubernetes)$|(^|\.)(kubernetes|k8s)\.io\//;

/**
 * Finalizers arrive on no object: whether what takes one off is on the target cannot be known, and without it the object could never be
 * deleted. Who set one on purpose has to know.
 */
export function leftOutFinalizerFindings(objects: readonly KubeObject[]): ConditionFinding[] {
  const items = objects.flatMap((object) => {
    const own = (object.metadata.finalizers ?? []).filter((finalizer) => !OF_KUBERNETES.test(finalizer));
    return own.length > 0 ? [`${describeReference(referenceOf(object))} (${own.join(', ')})`] : [];
  });
  if (items.length === 0) return [];
  const message =
    'Objects arrive on the target without their finalizers, since what takes them off may not run there: []. Controllers that run there put theirs on again; set the others by hand after the migration.';
  return [warn('FinalizersLeftOut', 'NotBrought', message, items)];
}
