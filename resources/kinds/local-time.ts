import { closest } from '../meta/closest.js';

const DATE_TIME = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$/;
const DAY_MS = 86_400_000;

/** A time that is none; the message says why and what to write. */
export class TimeError extends Error {
  override readonly name = 'TimeError';
}

/**
 * Checks a time zone's name. Temporal knows the names of the IANA database, letter by letter; JavaScript takes more.
 *
 * @throws TimeError with the name that was meant, where it can be told
 */
export function checkTimeZone(name: string): void {
  const known = canonicalZone(name);
  const zones = Intl.supportedValuesOf('timeZone');
  const misspelt = zones.find((zone) => zone !== name && zone.toLowerCase() === name.toLowerCase());
  const isName = name === 'UTC' || name === 'GMT' || /^[A-Z][A-Za-z]*(\/[A-Z][A-Za-z0-9_+-]*)+$/.test(name);
  if (known !== undefined && misspelt === undefined && isName) return;
  const meant = misspelt ?? (known?.includes('/') || known === 'UTC' ? known : closest(name, zones));
  throw new TimeError(
    `${JSON.stringify(name)} is not a valid time zone; write a name of the IANA database such as Europe/Berlin, or UTC${meant ? `; did you mean ${meant}?` : ''}`,
  );
}

function canonicalZone(name: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

export interface Instant {
  /** Whole seconds. */
  at: Date;
  /** The other time that the clock shows the same, when clocks were put back in between. */
  again?: Date;
}

/**
 * The instant a text names: RFC 3339, or the local time of a time zone (`2026-11-29T02:00:00`). A local time that comes twice means the
 * first one.
 *
 * @throws TimeError when it is not a valid time, or one that the clocks of the zone skip
 */
export function readInstant(text: string, timeZone: string): Instant {
  const [, year, month, day, hour, minute, second = '00', offset] = DATE_TIME.exec(text) ?? [];
  const written = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const wall = Date.parse(`${written}Z`);
  // Date.parse moves 30 February on to March.
  if (Number.isNaN(wall) || new Date(wall).toISOString().slice(0, 19) !== written) {
    throw new TimeError(
      `${JSON.stringify(text)} is not a valid time; write it as 2026-11-29T02:00:00 (in the time zone of the schedule) or with an offset, 2026-11-29T01:00:00Z`,
    );
  }
  if (offset !== undefined) return { at: instantOf(`${written}${offset}`, text) };
  return fromWallClock(wall, timeZone);
}

function instantOf(text: string, given: string): Date {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new TimeError(`${JSON.stringify(given)} has an invalid offset`);
  return at;
}

/** @param wall what the clock shows, in milliseconds as if it were UTC */
function fromWallClock(wall: number, timeZone: string): Instant {
  const before = offsetAt(wall - DAY_MS, timeZone);
  const after = offsetAt(wall + DAY_MS, timeZone);
  const candidates = [...new Set([wall - before, wall - after])].sort((a, b) => a - b);
  const [first, second] = candidates.filter((instant) => instant + offsetAt(instant, timeZone) === wall);
  if (first === undefined) {
    const shown = (milliseconds: number) => new Date(milliseconds).toISOString().slice(0, 19);
    throw new TimeError(
      `${shown(wall)} does not exist in ${timeZone}: clocks are put forward over it. Write an earlier time or ${shown(wall + after - before)}`,
    );
  }
  return { at: new Date(first), ...(second !== undefined && { again: new Date(second) }) };
}

/** What the zone's clocks are ahead of UTC at an instant; all in milliseconds. */
function offsetAt(instant: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const shown = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1_000) * 1_000;
}
