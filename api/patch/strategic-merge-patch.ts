import { badRequest } from '../http/api-error.js';
import { isObject } from './merge-patch.js';

type Json = Record<string, unknown>;

/** Lists that are merged rather than replaced, with the key of their entries; '' for lists of plain values. */
const MERGED_LISTS: Record<string, string> = { finalizers: '', ownerReferences: 'uid' };

const DELETE_VALUES = '$deleteFromPrimitiveList/';

/**
 * Kubernetes' strategic merge patch as far as the core kinds served here need it (kubectl sends it for Secrets, ConfigMaps and
 * Namespaces): a merge patch that also merges finalizers and owner references and knows `$patch`, `$deleteFromPrimitiveList`,
 * `$setElementOrder` and `$retainKeys`.
 */
export function strategicMergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  if (patch.$patch === 'delete') return undefined;
  const { $patch, $retainKeys, ...changes } = patch;
  const base = $patch === 'replace' || !isObject(target) ? {} : target;
  const retained = Array.isArray($retainKeys) ? new Set($retainKeys) : undefined;
  const result: Json = Object.fromEntries(Object.entries(base).filter(([key]) => retained?.has(key) ?? true));
  for (const [key, value] of Object.entries(changes)) {
    if (key.startsWith('$setElementOrder/')) continue;
    if (key.startsWith(DELETE_VALUES)) removeValues(result, key.slice(DELETE_VALUES.length), value);
    else if (value === null) delete result[key];
    else result[key] = mergeField(key, result[key], value);
  }
  return result;
}

function mergeField(key: string, current: unknown, value: unknown): unknown {
  const mergeKey = MERGED_LISTS[key];
  if (mergeKey === undefined || !Array.isArray(value)) return strategicMergePatch(current, value);
  const list = Array.isArray(current) ? current : [];
  if (mergeKey === '') return [...new Set([...list, ...value])];
  if (!value.every(isObject)) throw badRequest(`the patch of ${key} must be a list of objects`);
  return mergeEntries(list, value, mergeKey);
}

function mergeEntries(list: Json[], changes: Json[], key: string): Json[] {
  if (changes.some((entry) => entry.$patch === 'replace')) return changes.filter((entry) => entry.$patch === undefined);
  const changed = new Map(changes.map((entry) => [entry[key], entry]));
  const kept = list
    .map((entry) => (changed.has(entry[key]) ? strategicMergePatch(entry, changed.get(entry[key])) : entry))
    .filter(isObject);
  const known = new Set(list.map((entry) => entry[key]));
  return [...kept, ...changes.filter((entry) => !known.has(entry[key]) && entry.$patch !== 'delete')];
}

function removeValues(result: Json, key: string, values: unknown): void {
  const list = result[key];
  if (!Array.isArray(list) || !Array.isArray(values)) return;
  const removed = new Set(values);
  result[key] = list.filter((value) => !removed.has(value));
}
