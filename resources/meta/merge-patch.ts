import canonicalize from 'canonicalize';

/** JSON merge patch, RFC 7386. */
export type MergePatch = Record<string, unknown>;

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

/** The JSON merge patch (RFC 7386) that turns one state of an object into another; undefined when nothing changes. Lists are replaced whole. */
export function mergePatchBetween(before: object, after: object): MergePatch | undefined {
  const old = before as Record<string, unknown>;
  const wanted = after as Record<string, unknown>;
  const patch: MergePatch = {};
  for (const key of new Set([...Object.keys(old), ...Object.keys(wanted)])) {
    const [from, to] = [old[key], wanted[key]];
    if (to === undefined) {
      if (from !== undefined) patch[key] = null;
    } else if (isMap(from) && isMap(to)) {
      const inner = mergePatchBetween(from, to);
      if (inner) patch[key] = inner;
    } else if (canonicalize(from) !== canonicalize(to)) {
      patch[key] = to;
    }
  }
  return Object.keys(patch).length > 0 ? patch : undefined;
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
