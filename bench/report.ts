import Table from 'cli-table3';
import prettyBytes from 'pretty-bytes';
import type { Benchmark } from './benchmark.js';
import type { Spread, Summary } from './statistics.js';

export interface Outcome {
  benchmark: Benchmark;
  summary: Summary;
}

/** One line of `--json`. */
export const jsonLine = ({ benchmark: { name, unit }, summary: { ours, bare, ratio } }: Outcome): string =>
  JSON.stringify({ name, ours: rounded(ours.median), bare: rounded(bare.median), ratio: rounded(ratio), unit });

/** Medians with the least and the most beside them. */
export function table(outcomes: readonly Outcome[]): string {
  const rows = new Table({
    head: ['benchmark', 'ours', 'bare', 'ratio', 'wanted', ''],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'left'],
  });
  for (const { benchmark, summary } of outcomes) {
    const { name, unit, target } = benchmark;
    const { ours, bare, ratio } = summary;
    rows.push([
      name,
      spread(ours, unit),
      spread(bare, unit),
      ratio.toFixed(3),
      `≤ ${target}`,
      ratio <= target ? 'reached' : 'MISSED',
    ]);
  }
  return rows.toString();
}

function spread({ median, least, most }: Spread, unit: Benchmark['unit']): string {
  const shown = (value: number): string => {
    if (unit === 'bytes') return prettyBytes(value);
    return unit === 'MB' ? `${value.toFixed(0)} MB` : `${value.toFixed(2)} s`;
  };
  return least === most ? shown(median) : `${shown(median)} (${shown(least)} – ${shown(most)})`;
}

const rounded = (value: number): number => Number(value.toPrecision(4));
