import { tooLarge } from '../http/bounds.js';
import { isObject } from './merge-patch.js';

/** Entries that all operations of a patch together may touch: ten thousand of them on long lists would take many seconds. */
const MOST_TOUCHED = 1_000_000;

/** What a patch has cost so far. */
export class Work {
  private touched = 0;

  /** @throws ApiError 413 */
  add(entries: number): void {
    this.touched += entries;
    if (this.touched > MOST_TOUCHED) throw tooLarge('the operations of the JSON patch take too long on this object');
  }
}

/** An object or list, and the key in it that a pointer (RFC 6901) ends with. */
export interface Parent {
  node: Record<string, unknown> | unknown[];
  key: string;
}

/** Undefined where the path does not lead so far, or through what no object of JSON has. */
export function parentOf(root: unknown, pointer: string, work: Work): Parent | undefined {
  if (!pointer.startsWith('/')) return undefined;
  const keys = pointer
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  work.add(keys.length);
  const key = keys.pop() ?? '';
  let node: unknown = root;
  for (const step of keys) node = isContainer(node) ? at({ node, key: step }) : undefined;
  return isContainer(node) && key !== '__proto__' ? { node, key } : undefined;
}

const isContainer = (value: unknown): value is Parent['node'] => Array.isArray(value) || isObject(value);

const INDEX = /^(0|[1-9]\d{0,9})$/;

/** The value there; undefined where there is none. */
export function at({ node, key }: Parent): unknown {
  if (Array.isArray(node)) return INDEX.test(key) ? node[Number(key)] : undefined;
  return Object.hasOwn(node, key) ? node[key] : undefined;
}

/** False where a list has no such place. */
export function put({ node, key }: Parent, value: unknown, { insert, work }: { insert: boolean; work: Work }): boolean {
  if (!Array.isArray(node)) {
    node[key] = value;
    return true;
  }
  const index = key === '-' && insert ? node.length : INDEX.test(key) ? Number(key) : -1;
  if (index < 0 || index > node.length) return false;
  if (!insert) {
    node[index] = value;
    return true;
  }
  work.add(moved(node.length - index));
  node.splice(index, 0, value);
  return true;
}

export function take({ node, key }: Parent, work: Work): void {
  if (!Array.isArray(node)) {
    delete node[key];
    return;
  }
  work.add(moved(node.length - Number(key)));
  node.splice(Number(key), 1);
}

/** Entries of a list are moved many at a time. */
const moved = (entries: number): number => Math.ceil(entries / 32);

/** Whether two values of JSON are the same. */
export function equal(one: unknown, other: unknown, work: Work): boolean {
  work.add(1);
  if (!isContainer(one) || !isContainer(other)) return one === other;
  if (Array.isArray(one) || Array.isArray(other)) {
    return (
      Array.isArray(one) &&
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((entry, index) => equal(entry, other[index], work))
    );
  }
  const keys = Object.keys(one);
  work.add(keys.length);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && equal(one[key], other[key], work))
  );
}
