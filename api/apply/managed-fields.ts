import type { FieldSet } from './field-set.js';
import { decodeFields, encodeFields, type FieldsV1 } from './fields-v1.js';

/** One entry of `metadata.managedFields`. */
export interface ManagedFieldsEntry {
  manager?: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  time?: string;
  fieldsType: 'FieldsV1';
  fieldsV1?: FieldsV1;
  subresource?: string;
}

/** Who writes, how, and through which endpoint. Appliers are the same whatever version they apply. */
export interface Manager {
  manager: string;
  operation: ManagedFieldsEntry['operation'];
  apiVersion: string;
  subresource?: string;
}

export interface Owned {
  who: Manager;
  time?: string;
  fields: FieldSet;
}

/** What is owned, by manager: the key is `keyOf(who)`. */
export type Owners = ReadonlyMap<string, Owned>;

export const keyOf = ({ manager, operation, apiVersion, subresource }: Manager): string =>
  JSON.stringify([manager, operation, operation === 'Apply' ? '' : apiVersion, subresource ?? '']);

/** Entries of versions that are not served own nothing of what is. */
export function decodeOwners(entries: readonly ManagedFieldsEntry[], apiVersion: string): Owners {
  const owners = entries
    .filter((entry) => entry.apiVersion === apiVersion)
    .map(({ manager = '', operation, subresource, time, fieldsV1 = {} }): Owned => {
      return { who: { manager, operation, apiVersion, subresource }, time, fields: decodeFields(fieldsV1) };
    });
  return new Map(owners.map((owned) => [keyOf(owned.who), owned]));
}

/** Appliers first, then by time and name, as Kubernetes sorts them. */
export function encodeOwners(owners: Owners): ManagedFieldsEntry[] {
  return [...owners.values()]
    .filter(({ fields }) => !fields.isEmpty())
    .sort(byOperationAndTime)
    .map(({ who: { manager, operation, apiVersion, subresource }, time, fields }) => ({
      ...(manager && { manager }),
      operation,
      apiVersion,
      ...(time && { time }),
      fieldsType: 'FieldsV1',
      fieldsV1: encodeFields(fields),
      ...(subresource && { subresource }),
    }));
}

function byOperationAndTime(one: Owned, other: Owned): number {
  const rank = ({ who, time = '' }: Owned) => [who.operation, time, who.manager, who.subresource ?? ''];
  const [left, right] = [rank(one), rank(other)];
  const at = left.findIndex((text, index) => text !== right[index]);
  return at === -1 ? 0 : (left[at] ?? '') < (right[at] ?? '') ? -1 : 1;
}
