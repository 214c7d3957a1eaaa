import { compareElements, type PathElement } from './path-element.js';

/**
 * A set of fields of an object, as a tree. A field can be in the set without what is below it, and the other way round. Sets are values: the
 * operations make new ones and may share subtrees with the old, so only a set under construction is inserted into.
 */
export class FieldSet {
  readonly members = new Set<PathElement>();
  readonly children = new Map<PathElement, FieldSet>();

  static of(...paths: readonly PathElement[][]): FieldSet {
    const set = new FieldSet();
    for (const path of paths) set.insert(path);
    return set;
  }

  /** The whole object, at the empty path, is not tracked. */
  insert(path: readonly PathElement[]): void {
    const [element, ...rest] = path;
    if (element === undefined) return;
    if (rest.length === 0) this.members.add(element);
    else this.descend(element).insert(rest);
  }

  /** The set below a field, to insert into. */
  descend(element: PathElement): FieldSet {
    const child = this.children.get(element) ?? new FieldSet();
    this.children.set(element, child);
    return child;
  }

  /** Adds a set below a field. */
  attach(element: PathElement, below: FieldSet): void {
    if (below.isEmpty()) return;
    const known = this.children.get(element);
    this.children.set(element, known ? known.union(below) : below);
  }

  below(element: PathElement): FieldSet {
    return this.children.get(element) ?? EMPTY;
  }

  has(path: readonly PathElement[]): boolean {
    const [element, ...rest] = path;
    if (element === undefined) return false;
    return rest.length === 0 ? this.members.has(element) : this.below(element).has(rest);
  }

  isEmpty(): boolean {
    if (this.members.size > 0) return false;
    for (const child of this.children.values()) if (!child.isEmpty()) return false;
    return true;
  }

  union(other: FieldSet): FieldSet {
    const elements = new Set([...this.children.keys(), ...other.children.keys()]);
    return build(new Set([...this.members, ...other.members]), elements, (element) => {
      const [one, two] = [this.children.get(element), other.children.get(element)];
      return one && two ? one.union(two) : (one ?? two ?? EMPTY);
    });
  }

  intersection(other: FieldSet): FieldSet {
    return build(
      [...this.members].filter((element) => other.members.has(element)),
      this.children.keys(),
      (element) => this.below(element).intersection(other.below(element)),
    );
  }

  /** Fields of this set that are not in the other; what is below a field of the other stays. */
  difference(other: FieldSet): FieldSet {
    return build(
      [...this.members].filter((element) => !other.members.has(element)),
      this.children.keys(),
      (element) => this.below(element).difference(other.below(element)),
    );
  }

  /** Fields of this set that are neither in the other nor below a field of it. */
  without(other: FieldSet): FieldSet {
    return build(
      [...this.members].filter((element) => !other.members.has(element)),
      [...this.children.keys()].filter((element) => !other.members.has(element)),
      (element) => this.below(element).without(other.below(element)),
    );
  }

  /** Fields of the set with nothing of it below them. */
  leaves(): FieldSet {
    return build(
      [...this.members].filter((element) => this.below(element).isEmpty()),
      this.children.keys(),
      (element) => this.below(element).leaves(),
    );
  }

  /** Every path of the set; a field before what is below it. */
  *paths(prefix: readonly PathElement[] = []): Generator<PathElement[]> {
    for (const element of [...this.members].sort(compareElements)) yield [...prefix, element];
    for (const element of [...this.children.keys()].sort(compareElements)) {
      yield* this.below(element).paths([...prefix, element]);
    }
  }
}

const EMPTY = new FieldSet();

function build(
  members: Iterable<PathElement>,
  elements: Iterable<PathElement>,
  childOf: (element: PathElement) => FieldSet,
): FieldSet {
  const set = new FieldSet();
  for (const element of members) set.members.add(element);
  for (const element of elements) {
    const child = childOf(element);
    if (!child.isEmpty()) set.children.set(element, child);
  }
  return set;
}
