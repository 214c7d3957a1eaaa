/** Numbers from 0 to below 1, the same ones for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * The seed of this run of the tests, printed so that it can be given again: FAULT_SEED, else `fallback`, else by the clock. `npm test`
 * has fixed ones, so that it is a change that makes it red and not chance; the long suites try others each time.
 */
export function faultSeed(fallback = Date.now() % 1_000_000): number {
  const seed = Number(process.env.FAULT_SEED ?? fallback);
  if (!Number.isInteger(seed)) throw new Error(`FAULT_SEED is "${process.env.FAULT_SEED}", not an integer.`);
  console.log(`FAULT_SEED=${seed}`);
  return seed;
}
