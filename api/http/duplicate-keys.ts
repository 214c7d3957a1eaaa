import { MOST_NAMED } from './bounds.js';

interface Level {
  path: string;
  /** Undefined in lists. */
  keys?: Set<string>;
  index: number;
}

/**
 * The fields that stand more than once in an object, for a text that has been read as JSON already. JSON.parse takes the last of them in
 * silence, where Kubernetes warns or refuses.
 */
export function duplicateFields(json: string): string[] {
  const found = new Set<string>();
  const open: Level[] = [];
  let field = '';
  for (let at = 0; at < json.length && found.size < MOST_NAMED; at++) {
    const char = json[at];
    const level = open.at(-1);
    if (char === '"') {
      const end = endOfString(json, at);
      if (level?.keys && isKey(json, end + 1)) {
        const raw = json.slice(at + 1, end);
        const key: string = raw.includes('\\') ? JSON.parse(`"${raw}"`) : raw;
        field = level.path === '' ? key : `${level.path}.${key}`;
        if (level.keys.has(key)) found.add(field);
        level.keys.add(key);
      }
      at = end;
    } else if (char === '{' || char === '[') {
      const path = level && !level.keys ? `${level.path}[${level.index}]` : field;
      open.push({ path: path.slice(0, LONGEST_PATH), keys: char === '{' ? new Set() : undefined, index: 0 });
    } else if (char === '}' || char === ']') {
      open.pop();
    } else if (char === ',' && level) {
      level.index++;
    }
  }
  return [...found];
}

/** Paths are for people; without a bound, keys of great length that are nested would make ever longer ones. */
const LONGEST_PATH = 1_000;

function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); ; end = json.indexOf('"', end + 1)) {
    let slashes = 0;
    while (json[end - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return end;
  }
}

function isKey(json: string, after: number): boolean {
  let at = after;
  while (json[at] === ' ' || json[at] === '\n' || json[at] === '\r' || json[at] === '\t') at++;
  return json[at] === ':';
}
