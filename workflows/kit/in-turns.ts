import { together } from './together.js';

/**
 * Does work on each item, on so many at a time, and gives the results in the order of the items. It ends as branches side by side do: after
 * the first failure no other item is begun.
 */
export async function inTurns<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const left = items.entries();
  let failed = false;
  const takeTurns = async (): Promise<void> => {
    // One iterator for all: each item is taken once.
    for (const [index, item] of left) {
      if (failed) return;
      try {
        results[index] = await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await together(...Array.from({ length: Math.min(atOnce, items.length) }, () => takeTurns));
  return results;
}
