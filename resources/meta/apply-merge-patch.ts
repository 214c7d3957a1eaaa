import type { MergePatch } from '../workloads/workload-kind.js';

/** What a JSON merge patch (RFC 7386) makes of an object. */
export function applyMergePatch<T extends object>(object: T, patch: MergePatch | undefined): T {
  return patch ? (merged(object, patch) as T) : object;
}

function merged(value: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return patch;
  const result: Record<string, unknown> = isMap(value) ? { ...value } : {};
  for (const [field, change] of Object.entries(patch)) {
    if (change === null) delete result[field];
    else if (change !== undefined) result[field] = merged(result[field], change);
  }
  return result;
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
