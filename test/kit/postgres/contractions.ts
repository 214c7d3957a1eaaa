/** What a program of the release before cannot live with, by what it does. */
const CONTRACTIONS: readonly [what: string, pattern: RegExp][] = [
  ['drops something', /\bDROP\b(?!\s+(NOT NULL|DEFAULT|INDEX)\b)/i],
  ['renames something', /\bRENAME\b/i],
  ['changes a type', /\bALTER\s+COLUMN\s+\S+\s+(SET\s+DATA\s+)?TYPE\b/i],
  ['asks for a value that former programs do not give', /\bSET\s+NOT\s+NULL\b/i],
  ['takes something away', /\bTRUNCATE\b/i],
];

const ADDED_COLUMN = /\bADD\s+(COLUMN\s+)?(?:IF\s+NOT\s+EXISTS\s+)?(?!CONSTRAINT\b)[^,;]*/gi;

/** Why SQL of a schema change is not only an addition. */
export function contractions(sql: string): string[] {
  const found = CONTRACTIONS.filter(([, pattern]) => pattern.test(sql)).map(([what]) => what);
  const columns = sql.match(ADDED_COLUMN) ?? [];
  const demanding = columns.filter((column) => /\bNOT\s+NULL\b/i.test(column) && !/\bDEFAULT\b/i.test(column));
  return [...found, ...demanding.map((column) => `has no default: ${column.trim()}`)];
}
