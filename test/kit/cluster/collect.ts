/** All that an iteration gives, or its first `count` things. */
export async function collect<T>(source: AsyncIterable<T>, count = Number.POSITIVE_INFINITY): Promise<T[]> {
  const all: T[] = [];
  for await (const one of source) {
    all.push(one);
    if (all.length >= count) {
      break;
    }
  }
  return all;
}
