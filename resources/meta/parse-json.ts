/** Values one text may hold: what 16 MiB of objects have, and a hundredth of what 16 MiB of brackets would become in memory. */
const MOST_VALUES = 1_000_000;
/** Kubernetes' own limit for objects is lower by far. */
const DEEPEST = 1_000;

/** JSON that is small as text and would be huge as objects. */
export class JsonTooComplex extends Error {
  override readonly name = 'JsonTooComplex';
}

/**
 * JSON from outside. Its structure is counted before anything is made of it: a few megabytes of brackets become gigabytes.
 *
 * @throws JsonTooComplex, or the SyntaxError of JSON.parse
 */
export function parseJson(text: string): unknown {
  measure(text);
  return JSON.parse(text);
}

function measure(text: string): void {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) {
      at = endOfString(text, at);
    } else if (character === COMMA) {
      values += 1;
    } else if (character === OPEN_ARRAY || character === OPEN_OBJECT) {
      values += 1;
      depth += 1;
      if (depth > DEEPEST) throw new JsonTooComplex(`it is nested more than ${DEEPEST} levels deep`);
    } else if (character === CLOSE_ARRAY || character === CLOSE_OBJECT) {
      depth -= 1;
    }
    if (values > MOST_VALUES) throw new JsonTooComplex(`it holds more than ${MOST_VALUES} values`);
  }
}

/** Where the string that begins at `start` ends. Linear: each backslash is looked at once. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
