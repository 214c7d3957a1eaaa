import { elementOf, type FieldType, ListError, type ListType, shapeOf, typeOfKey } from './field-type.js';
import { groupBy } from './group-by.js';
import { type PathElement, pathText } from './path-element.js';

/**
 * An object with what is applied laid over it: leaves are replaced, objects and lists with named entries are merged, nothing is removed.
 * Fields the schema does not know are taken as they are. Neither argument is changed, both may be part of the result.
 *
 * @throws ListError where an applied list names an entry twice, or one of its entries has no name
 */
export function merge(type: FieldType, live: unknown, applied: unknown): unknown {
  if (applied === undefined) return live;
  const shape = shapeOf(type, applied);
  const base = shapeOf(type, live);
  if (shape.form === 'list') return mergeList(shape.type, base.form === 'list' ? base.value : [], shape.value);
  if (shape.form === 'leaf') return applied;
  const result: Record<string, unknown> = base.form === 'map' ? { ...base.value } : {};
  for (const [key, value] of Object.entries(shape.value)) {
    const known = Object.hasOwn(result, key) ? result[key] : undefined;
    const childType = typeOfKey(shape.type, key);
    result[key] = childType ? merge(childType, known, value) : value;
  }
  return result;
}

interface Indexed {
  element: PathElement;
  item: unknown;
}

/**
 * Entries come in the order of the applied list where it moves them; those it does not name stay behind the one they follow. An entry that
 * stands twice in the live list is replaced as a whole.
 */
function mergeList(type: ListType, live: readonly unknown[], applied: readonly unknown[]): unknown[] {
  const index = (items: readonly unknown[]): Indexed[] =>
    items.map((item) => ({ element: elementOf(type, item), item }));
  const [left, right] = [index(live), index(applied)];
  const [known, wanted] = [groupBy(left, ({ element }) => element), groupBy(right, ({ element }) => element)];
  for (const [element, items] of wanted) {
    if (items.length > 1) throw new ListError(`duplicate entries for key ${pathText([element])}`);
  }
  const takeApplied = ({ element, item }: Indexed): unknown => {
    const [only, ...more] = known.get(element) ?? [];
    return merge(type.item, more.length > 0 ? undefined : only?.item, item);
  };
  const shared = right.filter(({ element }) => known.has(element)).map(({ element }) => element);
  const done = new Set<PathElement>();
  const result: unknown[] = [];
  for (let l = 0, r = 0, s = 0; l < left.length || r < right.length; ) {
    const [ours, theirs, next] = [left[l], right[r], shared[s]];
    if (ours && !wanted.has(ours.element)) {
      result.push(ours.item);
      l++;
    } else if (ours && (!theirs || done.has(ours.element) || (next !== undefined && next !== ours.element))) {
      // Of those that both lists name, it is the turn of another one.
      l++;
    } else if (theirs) {
      result.push(takeApplied(theirs));
      done.add(theirs.element);
      if (ours?.element === theirs.element) l++;
      r++;
      if (next === theirs.element) s++;
    }
  }
  return result;
}
