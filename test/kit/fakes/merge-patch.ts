/** JSON merge patch as RFC 7386 describes it, dropping maps that end empty as the API server does on output. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return patch;
  const result: Record<string, unknown> = isMap(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    const merged = value === null ? undefined : mergePatch(result[key], value);
    if (merged === undefined || (isMap(merged) && Object.keys(merged).length === 0)) delete result[key];
    else result[key] = merged;
  }
  return result;
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
