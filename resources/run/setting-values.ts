import { z } from 'zod';
import { ALLOWED_RSYNC_OPTIONS, isAllowedRsyncOption } from './rsync-options.js';

/** A kind of value that settings have: what the API lets in, and how it is read. MTC takes numbers and truth values also as text. */
export interface ValueType<Value> {
  schema: z.ZodType;
  /** Undefined when the value cannot be read. */
  parse: (value: unknown) => Value | undefined;
  /** What a value must be, as it stands in messages. */
  expected: string;
}

export const wholeNumber = (least: number): ValueType<number> => ({
  schema: z.union([z.number(), z.string().regex(/^-?\d+$/, 'must be a whole number')]),
  parse: (value) => {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return typeof number === 'number' && Number.isInteger(number) && number >= least ? number : undefined;
  },
  expected: `a whole number of at least ${least}`,
});

export const flag: ValueType<boolean> = {
  schema: z.union([z.boolean(), z.enum(['true', 'false'])]),
  parse: (value) => {
    if (typeof value === 'boolean') return value;
    return value === 'true' ? true : value === 'false' ? false : undefined;
  },
  expected: 'true or false',
};

export const text: ValueType<string> = {
  schema: z.string(),
  parse: (value) => (typeof value === 'string' || typeof value === 'number' ? String(value) : undefined),
  expected: 'text',
};

const split = (value: unknown): string[] | undefined => {
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'string' ? value.split(/[\s,]+/).filter(Boolean) : undefined;
};

const splitIf =
  (isAllowed: (item: string) => boolean) =>
  (value: unknown): string[] | undefined => {
    const items = split(value);
    return items?.every(isAllowed) ? items : undefined;
  };

export const nameList: ValueType<string[]> = {
  schema: z.union([z.array(z.string()), z.string()]),
  parse: splitIf((name) => /^[a-z0-9.*/-]+$/i.test(name)),
  expected: 'a list of names',
};

export const groupIds: ValueType<number[]> = {
  schema: z.string(),
  parse: (value) => {
    const ids = split(typeof value === 'number' ? String(value) : value)?.map(Number);
    return ids?.every((id) => Number.isInteger(id) && id >= 0) ? ids : undefined;
  },
  expected: 'a list of group ids such as "1000,2000"',
};

const EXPECTED_OPTIONS = `a list of options out of ${ALLOWED_RSYNC_OPTIONS}: others could hide changes of files, or lead the copy elsewhere`;

export const rsyncOptions: ValueType<string[]> = {
  schema: z.string(),
  parse: splitIf(isAllowedRsyncOption),
  expected: EXPECTED_OPTIONS,
};
