import type { KindDefinition } from '../../resources/meta/kind-definition.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { badRequest, invalid } from '../http/api-error.js';
import type { FieldValidation } from '../http/write-query.js';
import { metadataErrors } from './metadata-rules.js';
import { objectSchema } from './object-schema.js';
import { readObject, type UnknownField } from './read-object.js';

export interface Admission {
  fieldValidation: FieldValidation;
  /** Collects what the client is told in Warning headers. */
  warn: (message: string) => void;
}

/**
 * The object to store of what a user sent: schema, defaults, the lists the user shares with the system, rules.
 *
 * @param stored the object as it is now, for an update
 * @param kept the same without what the user gives up
 * @throws ApiError 400 for unknown fields when they are refused, 422 naming every other mistake
 */
export function admit(
  definition: KindDefinition,
  sent: KubeObject,
  admission: Admission,
  stored?: KubeObject,
  kept = stored,
): KubeObject {
  const name = sent.metadata.name;
  const read = readObject(objectSchema(definition), sent, { quoteValues: definition.kind !== 'Secret' });
  reportUnknown(read.unknown, admission);
  if (read.errors) throw invalid(definition, name, read.errors);
  let object = read.value as KubeObject;
  if (stored && kept && definition.mergeUserWrite) object = definition.mergeUserWrite(object, stored, kept);
  const errors = [...metadataErrors(object.metadata), ...(definition.validate?.(object, stored) ?? [])];
  if (errors.length > 0) throw invalid(definition, name, errors);
  for (const warning of definition.warnings?.(object) ?? []) admission.warn(warning);
  return object;
}

/** The status of an object as a client wrote it through the status subresource; what the service alone writes stays as it is stored. */
export function admitStatus(
  definition: KindDefinition,
  sent: KubeObject,
  admission: Admission,
  stored: KubeObject,
): unknown {
  const schema = objectSchema(definition).pick({ status: true }).extend({ status: definition.status?.optional() });
  const read = readObject(schema, { status: sent.status }, { quoteValues: true });
  reportUnknown(read.unknown, admission);
  if (read.errors) throw invalid(definition, sent.metadata.name, read.errors);
  return keepOwnStatus(definition, read.value.status, stored.status, admission);
}

function keepOwnStatus(
  { ownStatus = [] }: KindDefinition,
  sent: unknown,
  stored: Record<string, unknown> = {},
  { warn }: Admission,
): unknown {
  if (ownStatus.length === 0 || (sent === undefined && Object.keys(stored).length === 0)) return sent;
  const next = { ...(sent as Record<string, unknown> | undefined) };
  for (const field of ownStatus) {
    if (next[field] !== stored[field]) warn(`status.${field} is kept as it is: only the service writes it`);
    if (stored[field] === undefined) delete next[field];
    else next[field] = stored[field];
  }
  return next;
}

function reportUnknown(unknown: UnknownField[], { fieldValidation, warn }: Admission): void {
  if (unknown.length === 0 || fieldValidation === 'Ignore') return;
  if (fieldValidation === 'Strict') {
    throw badRequest(
      `strict decoding error: ${unknown.map(({ message }) => message).join(', ')}`,
      unknown.map(({ field, message }) => ({ field, message, reason: 'FieldValueNotSupported' })),
    );
  }
  for (const { message } of unknown) warn(message);
}
