import { ApiError, badRequest } from './api-error.js';

/** Kubernetes stores objects up to 1.5 MiB. */
export const LARGEST_OBJECT = 1.5 * 1024 * 1024;

/** Deeper than any kind; code that follows an object by recursion is safe below it. */
export const DEEPEST = 100;

/** Kubernetes' decoder names no more mistakes of one object than this. */
export const MOST_NAMED = 100;

/** More than an object of the largest size has, and more than can be looked at without holding others up. */
const MOST_VALUES = 100_000;

export const tooLarge = (message: string): ApiError => new ApiError(413, 'RequestEntityTooLarge', message);

type Container = Record<string, unknown> | unknown[];

const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

/**
 * Looks through what a client sent, or made of a stored object by a patch: not too deep (or endless, as an alias of YAML can be), not too large, and
 * without the key that reaches the prototype of objects when it is merged. Halves of surrogate pairs, which no encoding of text can hold,
 * become U+FFFD in place, as they do in Kubernetes.
 *
 * @throws ApiError 400, 413
 */
export function checkBounds(value: unknown): void {
  if (!isContainer(value)) return;
  const open: { node: Container; depth: number }[] = [{ node: value, depth: 1 }];
  let size = 0;
  let values = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, depth } = next;
    if (depth > DEEPEST) throw badRequest(`objects and lists are nested more than ${DEEPEST} levels deep`);
    const note = (child: unknown) => {
      values++;
      size += typeof child === 'string' ? child.length : 1;
      if (isContainer(child)) open.push({ node: child, depth: depth + 1 });
    };
    if (Array.isArray(node)) {
      for (let index = 0; index < node.length; index++) {
        node[index] = wellFormed(node[index]);
        note(node[index]);
      }
    } else {
      for (const key of Object.keys(node)) {
        if (key === '__proto__') throw badRequest(`the key "${key}" is not allowed`);
        size += key.length;
        note(wellFormedAt(node, key));
      }
    }
    if (values > MOST_VALUES) throw tooLarge(`the body holds more than ${MOST_VALUES} values`);
    if (size > 2 * LARGEST_OBJECT) throw tooLarge('what the body stands for is larger than the body may be');
  }
}

const wellFormed = (value: unknown): unknown => (typeof value === 'string' ? value.toWellFormed() : value);

/** The value under a key, once both can be stored. */
function wellFormedAt(node: Record<string, unknown>, key: string): unknown {
  const value = wellFormed(node[key]);
  if (value !== node[key]) node[key] = value;
  if (!key.isWellFormed()) {
    delete node[key];
    node[key.toWellFormed()] = value;
  }
  return value;
}
