import type { LoggedChange, LogPart } from '../../migrations-db/migration-store.js';

/** Changes held, and characters of the objects they hold: a ring of few large objects is not larger than one of many small ones. */
const CHANGES = 5_000;
const CHARACTERS = 16_000_000;

interface Held {
  revision: bigint;
  change: LoggedChange;
  characters: number;
}

/** The newest part of the change log, without gaps from one revision to another. */
export class ChangeRing {
  private readonly held: Held[] = [];
  private characters = 0;
  private from: bigint;
  private to: bigint;

  constructor(
    start: string,
    private readonly limits = { changes: CHANGES, characters: CHARACTERS },
  ) {
    this.from = BigInt(start);
    this.to = this.from;
  }

  /** Every change up to this revision was added, whether or not it is still held. */
  get upTo(): string {
    return String(this.to);
  }

  add({ changes, upTo }: LogPart): void {
    for (const change of changes) {
      const characters = sizeOf(change);
      this.held.push({ revision: BigInt(change.revision), change, characters });
      this.characters += characters;
    }
    this.to = BigInt(upTo);
    this.drop();
  }

  /** At most so many changes after a revision; undefined when they are not, or not yet, all here. */
  after(revision: string, limit: number): LogPart | undefined {
    const after = BigInt(revision);
    if (after < this.from || after > this.to) return undefined;
    const start = this.firstAfter(after);
    const changes = this.held.slice(start, start + limit).map(({ change }) => change);
    const all = start + limit >= this.held.length;
    return { changes, upTo: all ? this.upTo : (changes.at(-1)?.revision ?? revision) };
  }

  /** The oldest go first, some at a time. */
  private drop(): void {
    let count = 0;
    let { characters } = this;
    while (this.held.length - count > this.limits.changes || characters > this.limits.characters) {
      characters -= this.held[count]?.characters ?? 0;
      count += 1;
    }
    if (count === 0) return;
    this.from = this.held[count - 1]?.revision ?? this.from;
    this.held.splice(0, count);
    this.characters = characters;
  }

  private firstAfter(revision: bigint): number {
    let low = 0;
    let high = this.held.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.held[middle]?.revision ?? 0n) > revision) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** The state before is about as long as the one after. */
function sizeOf({ object, previous }: LoggedChange): number {
  const { length } = textOf(object);
  return previous ? 2 * length : length;
}

const texts = new WeakMap<object, string>();

/** The JSON of an object of the log, made once however many watches send it. */
export function textOf(object: object): string {
  const known = texts.get(object);
  if (known !== undefined) return known;
  const text = JSON.stringify(object);
  texts.set(object, text);
  return text;
}
