import { z } from 'zod';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { managedFieldsEntry } from '../../resources/meta/managed-fields.js';
import { badRequest } from '../http/api-error.js';
import { MAX_MANAGED_FIELDS_BYTES } from './bound-owners.js';
import { decodeFields } from './fields-v1.js';
import type { ManagedFieldsEntry } from './managed-fields.js';
import { withoutNulls } from './remove.js';

const schema = z.array(managedFieldsEntry);

/** A single entry without anything, or none, asks that no field has an owner any more. */
const isReset = (value: unknown): boolean =>
  Array.isArray(value) && (value.length === 0 || (value.length === 1 && Object.keys(value[0] ?? {}).length === 0));

/**
 * `metadata.managedFields` as a client sent it: undefined when it says nothing of it, so that what is stored stays.
 *
 * @throws ApiError 400 for what no server would give out
 */
function readManagedFields(value: unknown): ManagedFieldsEntry[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (isReset(value)) return [];
  const read = schema.safeParse(value);
  if (!read.success) throw malformed(z.prettifyError(read.error).slice(0, 500));
  if (JSON.stringify(value).length > MAX_MANAGED_FIELDS_BYTES) {
    throw malformed(`together at most ${MAX_MANAGED_FIELDS_BYTES} bytes; leave it out to keep what is stored`);
  }
  for (const { fieldsV1 = {} } of read.data) {
    try {
      decodeFields(fieldsV1);
    } catch (error) {
      throw malformed((error as Error).message);
    }
  }
  return read.data as ManagedFieldsEntry[];
}

/** An object without the entries a client sent along, and these. */
export function takeManagedFields(sent: KubeObject): { object: KubeObject; entries?: ManagedFieldsEntry[] } {
  const { managedFields, ...metadata } = sent.metadata;
  return { object: { ...sent, metadata }, entries: readManagedFields(withoutNulls(managedFields)) };
}

function malformed(why: string) {
  const message = `metadata.managedFields cannot be read: ${why}`;
  return badRequest(message, [{ field: 'metadata.managedFields', reason: 'FieldValueInvalid', message }]);
}
