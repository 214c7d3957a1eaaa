import canonicalize from 'canonicalize';
import type { KubeObject, ObjectMeta } from '../meta/kube-object.js';

/** What the API server does not let anybody change in an object that is there. */
export const mustBeReplaced = (before: KubeObject, after: KubeObject): boolean =>
  before.kind === 'Job'
    ? canonicalize(before.spec?.template) !== canonicalize(after.spec?.template)
    : before.kind === 'StatefulSet' &&
      canonicalize(before.spec?.volumeClaimTemplates) !== canonicalize(after.spec?.volumeClaimTemplates);

/** Fields of the metadata that belong to the object as it was stored, not to what its owner wrote. */
const STORED = [
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
  'selfLink',
];
/** Finalizers that ask the garbage collector for a way of deleting. */
const DELETION_FINALIZERS = ['orphan', 'foregroundDeletion'];

/** Labels by which a Job knows its own pods: they hold its uid, and the API server generates new ones. */
const JOB_LABELS = ['controller-uid', 'job-name', 'batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-name'];

/** The object as it can be created again under its name: what its owner wrote, labels, annotations and owners included. */
export function replacementOf(object: KubeObject): KubeObject {
  const { apiVersion, kind, metadata, spec } = object;
  const replacement = { apiVersion, kind, metadata: withoutStored(metadata), spec };
  return kind === 'Job' && !spec?.manualSelector ? withoutGeneratedSelector(replacement) : replacement;
}

function withoutStored(metadata: ObjectMeta): ObjectMeta {
  const kept = Object.fromEntries(Object.entries(metadata).filter(([field]) => !STORED.includes(field)));
  const finalizers = metadata.finalizers?.filter((finalizer) => !DELETION_FINALIZERS.includes(finalizer));
  return { ...kept, ...(finalizers && { finalizers }) } as ObjectMeta;
}

function withoutGeneratedSelector(job: KubeObject): KubeObject {
  const { selector: _, template, ...spec } = job.spec;
  const labels = Object.fromEntries(
    Object.entries(template.metadata?.labels ?? {}).filter(([label]) => !JOB_LABELS.includes(label)),
  );
  return { ...job, spec: { ...spec, template: { ...template, metadata: { ...template.metadata, labels } } } };
}
