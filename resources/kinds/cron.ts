/** One of the five fields of a cron expression. */
interface CronField {
  name: string;
  min: number;
  max: number;
  /** Three letters each, the first one for `base`. */
  words?: { names: readonly string[]; base: number };
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const FIELDS: readonly CronField[] = [
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of month', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12, words: { names: MONTHS, base: 1 } },
  // 0 and 7 are Sunday.
  { name: 'day of week', min: 0, max: 7, words: { names: DAYS, base: 0 } },
];

const MACROS: Record<string, string> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};

const LONGEST_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const PART = /^(\*|[a-z0-9]+)(?:-([a-z0-9]+))?(?:\/(\d+))?$/;

/** An expression that is none; the message says which field is wrong and what to write. */
export class CronError extends Error {
  override readonly name = 'CronError';
}

/**
 * Reads a cron expression of five fields as a Kubernetes CronJob does, where a day has to fit day of month *or* day of week when both
 * are restricted. Temporal wants both to fit, so that one becomes two expressions for it, either of which fires.
 *
 * @returns the expressions Temporal is given
 * @throws CronError
 */
export function readCron(text: string): string[] {
  const given = text.trim().toLowerCase();
  const fields = (MACROS[given] ?? given).split(/\s+/);
  if (fields.length !== FIELDS.length) {
    throw new CronError(
      `${JSON.stringify(text)} has ${given === '' ? 0 : fields.length} fields; write five: minute, hour, day of month, month, day of week, e.g. "0 */6 * * *"`,
    );
  }
  const values = FIELDS.map((field, index) => readField(field, fields[index] ?? ''));
  const [minute, hour, dayOfMonth, month, dayOfWeek] = fields as [string, string, string, string, string];
  const fewDays = isRestricted(dayOfMonth);
  const fewWeekdays = isRestricted(dayOfWeek);
  if (fewDays && !fewWeekdays && !hasSuchDay(values[2] ?? [], values[3] ?? [])) {
    throw new CronError(`${JSON.stringify(text)} never comes: none of its months has such a day of month`);
  }
  if (!fewDays || !fewWeekdays) return [fields.join(' ')];
  return [`${minute} ${hour} ${dayOfMonth} ${month} *`, `${minute} ${hour} * ${month} ${dayOfWeek}`];
}

const isRestricted = (field: string): boolean => !/^\*(\/1)?$/.test(field);

const hasSuchDay = (days: readonly number[], months: readonly number[]): boolean =>
  months.some((month) => days.some((day) => day <= (LONGEST_MONTH[month - 1] ?? 0)));

const readField = (field: CronField, text: string): number[] =>
  text.split(',').flatMap((part) => readPart(field, part));

function readPart(field: CronField, part: string): number[] {
  const [, from = '', to, every] = PART.exec(part) ?? [];
  if (from === '' || (from === '*' && to !== undefined)) {
    throw new CronError(
      `${JSON.stringify(part)} is not a valid ${field.name}; write *, a value, a range a-b or a step */n, several joined by commas`,
    );
  }
  const first = from === '*' ? field.min : readValue(field, from);
  const last = to === undefined ? (from === '*' || every !== undefined ? field.max : first) : readValue(field, to);
  if (last < first) throw new CronError(`${JSON.stringify(part)} of ${field.name} ends before it begins`);
  const step = every === undefined ? 1 : Number(every);
  if (step < 1 || step > field.max) {
    throw new CronError(`the step of ${JSON.stringify(part)} of ${field.name} must be from 1 to ${field.max}`);
  }
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => first + index * step);
}

function readValue({ name, min, max, words }: CronField, text: string): number {
  const word = words?.names.indexOf(text) ?? -1;
  const value = words && word >= 0 ? word + words.base : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  const orWords = words ? ` or ${words.names.join(', ')}` : '';
  throw new CronError(`${JSON.stringify(text)} is not a valid ${name}: write ${min} to ${max}${orWords}`);
}
