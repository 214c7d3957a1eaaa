import { isDnsSubdomain } from '../../resources/meta/dns-names.js';
import type { FieldError } from '../../resources/meta/kind-definition.js';
import type { ObjectMeta } from '../../resources/meta/kube-object.js';
import { MOST_NAMED } from '../http/bounds.js';

const QUALIFIED_NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
const ANNOTATIONS_LIMIT = 256 * 1024;

const wrong = (field: string, message: string): FieldError[] => [
  { field, reason: 'FieldValueInvalid', message: `Invalid value: ${message}` },
];

/** `name`, or `prefix.example.com/name`. */
function isQualifiedKey(key: string): boolean {
  const [name = '', prefix, ...rest] = key.split('/').reverse();
  return rest.length === 0 && QUALIFIED_NAME.test(name) && (prefix === undefined || isDnsSubdomain(prefix));
}

function nameErrors({ name }: ObjectMeta): FieldError[] {
  if (isDnsSubdomain(name)) return [];
  return wrong(
    'metadata.name',
    `${JSON.stringify(name)}: a name has up to 253 lower-case letters, digits, '-' and '.', and begins and ends with a letter or digit`,
  );
}

function labelErrors({ labels = {} }: ObjectMeta): FieldError[] {
  const errors: FieldError[] = [];
  for (const [key, value] of Object.entries(labels)) {
    if (errors.length >= MOST_NAMED) break;
    errors.push(...labelErrorsOf(key, value));
  }
  return errors;
}

function labelErrorsOf(key: string, value: string): FieldError[] {
  if (!isQualifiedKey(key)) return wrong('metadata.labels', `${JSON.stringify(key)} is not a valid label key`);
  if (LABEL_VALUE.test(value)) return [];
  return wrong(
    `metadata.labels[${key}]`,
    `${JSON.stringify(value)}: a label value has up to 63 letters, digits, '-', '_' and '.', and begins and ends with a letter or digit`,
  );
}

function annotationErrors({ annotations = {} }: ObjectMeta): FieldError[] {
  const keys = Object.keys(annotations).filter((key) => !isQualifiedKey(key.toLowerCase()));
  if (keys.length > 0) return wrong('metadata.annotations', `${JSON.stringify(keys[0])} is not a valid annotation key`);
  const size = Object.entries(annotations).reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  return size > ANNOTATIONS_LIMIT ? wrong('metadata.annotations', `together at most ${ANNOTATIONS_LIMIT} bytes`) : [];
}

const finalizerErrors = ({ finalizers = [] }: ObjectMeta): FieldError[] =>
  finalizers
    .filter((finalizer) => !isQualifiedKey(finalizer))
    .slice(0, MOST_NAMED)
    .flatMap((finalizer) => wrong('metadata.finalizers', `${JSON.stringify(finalizer)} is not a valid qualified name`));

function ownerErrors({ ownerReferences = [] }: ObjectMeta): FieldError[] {
  const empty = ownerReferences.flatMap((owner, index) =>
    (['apiVersion', 'kind', 'name', 'uid'] as const)
      .filter((field) => !owner[field])
      .flatMap((field) => wrong(`metadata.ownerReferences[${index}].${field}`, 'must not be empty')),
  );
  const controllers = ownerReferences.filter(({ controller }) => controller).map(({ kind, name }) => `${kind}/${name}`);
  if (controllers.length < 2) return empty;
  const message = `only one reference can have controller set to true; found it for ${controllers.join(', ')}`;
  return [...empty, ...wrong('metadata.ownerReferences', message)];
}

/** Kubernetes' rules for names, labels, annotations, finalizers and owners. */
export const metadataErrors = (metadata: ObjectMeta): FieldError[] => [
  ...nameErrors(metadata),
  ...labelErrors(metadata),
  ...annotationErrors(metadata),
  ...finalizerErrors(metadata),
  ...ownerErrors(metadata),
];
