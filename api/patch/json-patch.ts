import { ApiError, badRequest } from '../http/api-error.js';
import { LARGEST_OBJECT, tooLarge } from '../http/bounds.js';
import { at, equal, type Parent, parentOf, put, take, Work } from './json-pointer.js';
import { isObject } from './merge-patch.js';

const OPERATIONS = ['add', 'remove', 'replace', 'move', 'copy', 'test'] as const;

interface Operation {
  op: (typeof OPERATIONS)[number];
  path: string;
  from?: string;
  value?: unknown;
}

/** Kubernetes' own bounds. */
const MOST_OPERATIONS = 10_000;
const MOST_COPIED = 2 * LARGEST_OBJECT;

/**
 * Reads a JSON patch (RFC 6902) into the function that applies it.
 *
 * @throws ApiError 400 for what is none, 413 for one with too many operations
 */
export function readJsonPatch(body: unknown): (document: unknown) => unknown {
  if (!Array.isArray(body) || !body.every(isOperation)) {
    throw badRequest(
      `a JSON patch is a list of operations, each with "path" and "op", one of ${OPERATIONS.join(', ')}`,
    );
  }
  if (body.length > MOST_OPERATIONS) {
    throw tooLarge(`a JSON patch has at most ${MOST_OPERATIONS} operations; this one has ${body.length}`);
  }
  return (document) => {
    const state = { root: structuredClone(document), copied: 0, work: new Work() };
    for (const operation of body) applyShallow(state, operation);
    return state.root;
  };
}

/** Moves can nest an object so deep in itself that what follows it by recursion runs out of stack. */
function applyShallow(state: State, operation: Operation): void {
  try {
    apply(state, operation);
  } catch (error) {
    throw error instanceof RangeError ? badRequest('the JSON patch nests objects and lists too deep') : error;
  }
}

const isOperation = (entry: unknown): entry is Operation =>
  isObject(entry) &&
  OPERATIONS.some((op) => op === entry.op) &&
  typeof entry.path === 'string' &&
  (!['move', 'copy'].includes(String(entry.op)) || typeof entry.from === 'string') &&
  (!['add', 'replace', 'test'].includes(String(entry.op)) || entry.value !== undefined);

interface State {
  root: unknown;
  /** Characters that copies have added. */
  copied: number;
  work: Work;
}

function apply(state: State, operation: Operation): void {
  const { op, path, from = '', value } = operation;
  const { work } = state;
  const fail = (why: string): never => refuse(operation, why);
  const parent = (pointer: string): Parent => parentOf(state.root, pointer, work) ?? fail(NOTHING);
  const existing = (pointer: string): unknown => {
    const found = pointer === '' ? state.root : at(parent(pointer));
    return found === undefined ? fail(NOTHING) : found;
  };
  const set = (pointer: string, next: unknown, insert: boolean): void => {
    if (pointer === '') state.root = next;
    else if (!put(parent(pointer), next, { insert, work })) fail(NOTHING);
  };
  switch (op) {
    case 'test':
      if (!equal(existing(path), value, work)) fail('the object holds another value');
      return;
    case 'add':
      set(path, structuredClone(value), true);
      return;
    case 'replace':
      existing(path);
      set(path, structuredClone(value), false);
      return;
    case 'remove':
      existing(path);
      if (path === '') state.root = null;
      else take(parent(path), work);
      return;
    case 'copy': {
      const text = JSON.stringify(existing(from));
      state.copied += text.length;
      if (state.copied > MOST_COPIED)
        throw tooLarge(`the copies of a JSON patch are together at most ${MOST_COPIED} bytes`);
      set(path, JSON.parse(text), true);
      return;
    }
    case 'move': {
      if (path.startsWith(`${from}/`)) fail('an object cannot be moved into itself');
      const moved = existing(from);
      if (from === path) return;
      take(parent(from), work);
      set(path, moved, true);
      return;
    }
  }
}

const NOTHING = 'the object has nothing at this path, or the operation lacks a part';

/** Of a path that is shown. */
const SHOWN = 200;

function refuse({ op, path }: Operation, why: string): never {
  const field = path.slice(0, SHOWN);
  throw new ApiError(422, 'Invalid', `the JSON patch cannot be applied: ${op} ${field}: ${why}`, {
    causes: [{ field, reason: 'FieldValueInvalid', message: why }],
  });
}
