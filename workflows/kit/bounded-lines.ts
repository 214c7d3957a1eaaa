import { cutText } from '../../resources/meta/cut-text.js';

const LONGEST_LINE = 1_000;

/** Lines for the operator of which there may be any number: the first ones, each cut, and how many are left out. */
export function boundedLines(lines: readonly string[], most: number): string[] {
  const shown = lines.slice(0, most).map((line) => cutText(line, LONGEST_LINE));
  return lines.length > most ? [...shown, `and ${lines.length - most} more`] : shown;
}
