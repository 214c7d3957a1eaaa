import type { Sample } from './measuring.js';

export interface Spread {
  median: number;
  least: number;
  most: number;
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const middle = (sorted.length - 1) / 2;
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    least: at(0),
    most: at(sorted.length - 1),
  };
}

export interface Summary {
  ours: Spread;
  bare: Spread;
  /** Of the two medians. */
  ratio: number;
}

export function summarize(samples: readonly Sample[]): Summary {
  const ours = spreadOf(samples.map((sample) => sample.ours));
  const bare = spreadOf(samples.map((sample) => sample.bare));
  return { ours, bare, ratio: ours.median / bare.median };
}
