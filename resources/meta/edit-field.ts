type Edit = (value: unknown) => unknown;

/**
 * A copy of `value` with `edit` applied to every place a path leads to; places that are not there are left out.
 *
 * @param path field names, with `[]` behind a list whose every element is meant: `spec.rules[].backendRefs[].namespace`
 */
export function editField<T>(value: T, path: string, edit: Edit): T {
  return descend(value, path.split('.'), edit) as T;
}

function descend(value: unknown, [step, ...rest]: string[], edit: Edit): unknown {
  if (step === undefined) return edit(value);
  const field = step.replace(/\[\]$/, '');
  const inner = (value as Record<string, unknown> | null | undefined)?.[field];
  if (inner === undefined || inner === null) return value;
  const changed = step.endsWith('[]')
    ? Array.isArray(inner)
      ? inner.map((element) => descend(element, rest, edit))
      : inner
    : descend(inner, rest, edit);
  return { ...(value as object), [field]: changed };
}
