import { isIP } from 'node:net';
import path from 'node:path';
import { z } from 'zod';
import { decodeEncryptionKeys } from './encryption-keys.js';

// Texts of variables as values. A message continues a sentence that begins with the value.

const wholeNumber = (from: number, to: number, message: string): z.ZodType<number, string> =>
  z
    .string()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .refine((value) => value >= from && value <= to, message);

export const text = z.string();

/** Port to listen on; 0 takes a free one. */
export const listenPort = wholeNumber(0, 65_535, 'is not a port number.');

export const port = wholeNumber(1, 65_535, 'is not a port number.');

export const seconds = (to: number): z.ZodType<number, string> =>
  wholeNumber(0, to, `is not a whole number of seconds from 0 to ${to}.`);

export const flag: z.ZodType<boolean, string> = z
  .string()
  .regex(/^(true|false|1|0)$/, 'is neither true nor false.')
  .transform((value) => value === 'true' || value === '1');

const HOST_NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i;
const isHost = (value: string): boolean => isIP(value) > 0 || HOST_NAME.test(value);

export const listenAddress = z.string().refine(isHost, 'is neither an IP address nor a host name.');

const MOST_HOSTS = 100;

/** Host names and addresses, separated by commas or white space. */
export const hosts = z
  .string()
  .transform((value) => value.split(/[\s,]+/).filter(Boolean))
  .refine((names) => names.every(isHost), 'holds something that is neither an IP address nor a host name.')
  .refine((names) => names.length <= MOST_HOSTS, `holds more than ${MOST_HOSTS} names.`);

/** `host:port`, an IPv6 address in brackets. */
export const hostAndPort = z.string().refine((value) => {
  const [, host = '', portText = ''] = /^(.+):(\d{1,5})$/.exec(value) ?? [];
  return isHost(host.replace(/^\[(.+)\]$/, '$1')) && port.safeParse(portText).success;
}, 'is not host:port.');

export const image = z.string().regex(/^[^\s:/@][^\s]*$/, 'is not a reference of an image.');

export const file = z.string().transform((value) => path.resolve(value));

export const folder = file;

export const oneOf = <Value extends string>(...known: readonly Value[]): z.ZodType<Value, string> =>
  z
    .string()
    .refine((value) => known.includes(value as Value), `is not one of ${known.join(', ')}.`)
    .transform((value) => value as Value);

export const buildId = z
  .string()
  .regex(/^[\w.-]{1,100}$/, 'is not at most 100 letters, digits, dots, dashes and underscores.');

/** Checked and kept as text: only the store decodes it. */
export const encryptionKeys = z.string().transform((value, context) => {
  try {
    decodeEncryptionKeys(value);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
  }
  return value;
});
