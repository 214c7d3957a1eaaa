/** A name on the source and the one it gets on the target. */
export interface Mapping {
  source: string;
  target: string;
}

/** Reads MTC's `source` or `source:target`, as namespaces and claims of a plan are written. */
export function parseMapping(text: string): Mapping {
  const [source = '', target = ''] = text.split(':', 2).map((part) => part.trim());
  return { source, target: target || source };
}

export const parseMappings = (texts: readonly string[] = []): Mapping[] => texts.map(parseMapping);
