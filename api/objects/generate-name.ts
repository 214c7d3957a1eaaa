import { randomInt } from 'node:crypto';

/** Kubernetes' alphabet for made-up names: no vowels and no digits that look like one. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;
const MAX_LENGTH = 63;

/** The prefix, cut if need be, and five random characters. */
export const generateName = (prefix: string): string =>
  prefix.slice(0, MAX_LENGTH - SUFFIX_LENGTH) +
  Array.from({ length: SUFFIX_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
