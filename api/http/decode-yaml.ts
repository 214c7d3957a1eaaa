import { type Document, isAlias, isMap, isScalar, LineCounter, parseDocument, type Tags, visit } from 'yaml';
import { ApiError, badRequest } from './api-error.js';
import { DEEPEST, MOST_NAMED, tooLarge } from './bounds.js';

export interface DecodedYaml {
  value: unknown;
  /** What is written twice in one map, in words for a warning. */
  duplicates: () => readonly string[];
}

/** What is larger takes too long to read; kubectl and all client libraries send JSON. */
const LARGEST_YAML = 256 * 1024;

/** Each alias costs as much as the text is long. */
const ALIAS_BUDGET = 1024 * 1024;

/** Characters of a message, which may repeat a part of the body. */
const SHOWN = 500;

/** Brackets that are open at once: many more than {@link DEEPEST}, since in a text they mean nothing. */
const MOST_OPEN = 1_000;
const MARKS = /(?:[-?][ \t]){200}/;

/** Times, sets and the like are plain texts and maps to Kubernetes. */
const FOREIGN_TAGS = ['binary', 'omap', 'pairs', 'set', 'timestamp'].map((name) => `tag:yaml.org,2002:${name}`);

const kubernetesTags = (tags: Tags): Tags =>
  tags.filter(
    (tag) => typeof tag !== 'string' && !FOREIGN_TAGS.includes(tag.tag) && !('format' in tag && tag.format === 'TIME'),
  );

/**
 * A YAML body as the API server reads one: YAML 1.1, with merge keys.
 *
 * @throws ApiError 400, 413
 */
export function decodeYaml(text: string): DecodedYaml {
  if (text.length > LARGEST_YAML) {
    throw tooLarge(`the body is larger than the ${LARGEST_YAML / 1024} KiB that are taken as YAML; send it as JSON`);
  }
  refuseDeep(text);
  try {
    const lineCounter = new LineCounter();
    const document = parseDocument(text, {
      version: '1.1',
      customTags: kubernetesTags,
      // Compares each key of a map with all others.
      uniqueKeys: false,
      prettyErrors: false,
      lineCounter,
    });
    refuseMistakes(document, text);
    const duplicates = lookThrough(document, text.length, lineCounter);
    return { value: document.toJS({ maxAliasCount: 50 }), duplicates: () => duplicates };
  } catch (failure) {
    // A RangeError is one too: nested so deep that the parser gave up.
    throw failure instanceof ApiError
      ? failure
      : badRequest(`the body is not valid YAML: ${(failure as Error).message.slice(0, SHOWN)}`);
  }
}

/** What is nested by marks of YAML that follow one another; the parser takes long to run out of stack. */
function refuseDeep(text: string): void {
  let open = 0;
  for (const char of text) {
    if (char === '[' || char === '{') open++;
    else if (char === ']' || char === '}') open--;
    if (open > MOST_OPEN) break;
  }
  if (open > MOST_OPEN || MARKS.test(text)) {
    throw badRequest(`objects and lists are nested more than ${DEEPEST} levels deep`);
  }
}

function refuseMistakes({ errors: [error] }: Document, text: string): void {
  if (!error) return;
  if (error.code === 'MULTIPLE_DOCS') {
    throw badRequest('the body holds several YAML documents; send one object at a time');
  }
  const before = text.slice(0, error.pos[0]).split('\n');
  const where = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
  throw badRequest(`the body is not valid YAML: ${where}: ${error.message.slice(0, SHOWN)}`, [
    { reason: 'FieldValueInvalid', message: where },
  ]);
}

/** Keys that are repeated; throws for more aliases than can be followed. */
function lookThrough(document: Document, length: number, lines: LineCounter): string[] {
  const duplicates: string[] = [];
  let aliases = 0;
  visit(document, {
    Node(_key, node) {
      if (isAlias(node) && ++aliases * length > ALIAS_BUDGET) throw badRequest('the body has too many YAML aliases');
      if (!isMap(node)) return;
      const keys = new Set<unknown>();
      for (const { key } of node.items) {
        if (!isScalar(key)) continue;
        if (keys.has(key.value) && duplicates.length < MOST_NAMED) {
          const line = lines.linePos(key.range?.[0] ?? 0).line;
          duplicates.push(`line ${line}: key "${String(key.source ?? key.value).slice(0, 100)}" already set in map`);
        }
        keys.add(key.value);
      }
    },
  });
  return duplicates;
}
