import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decrypt, encrypt, parseEncryptionKeys } from './encryption.js';

const [first, second] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
const keys = parseEncryptionKeys(first);

describe('parseEncryptionKeys', () => {
  it('takes the first as the current key', () => {
    const both = parseEncryptionKeys(`${second}, ${first}\n`);
    expect(both.others).toEqual([keys.current]);
    expect(both.current.id).not.toBe(keys.current.id);
  });

  it.each(['', '  ', 'short', randomBytes(31).toString('base64')])('refuses %j without repeating it', (text) => {
    expect(() => parseEncryptionKeys(text)).toThrow(/openssl rand -base64 32/);
    if (text.trim()) {
      expect(() => parseEncryptionKeys(text)).not.toThrow(text);
    }
  });
});

describe('encrypt and decrypt', () => {
  const value = Buffer.from('s3cret \u0000 bytes');

  it('gives the value back, and another ciphertext each time', () => {
    const one = encrypt(keys, value, 'uid/token');
    expect(decrypt(keys, one, 'uid/token')).toEqual(value);
    expect(encrypt(keys, value, 'uid/token').ciphertext).not.toEqual(one.ciphertext);
    expect(one.ciphertext.includes('s3cret')).toBe(false);
  });

  it('reads what an earlier key encrypted', () => {
    expect(decrypt(parseEncryptionKeys(`${second} ${first}`), encrypt(keys, value, 'c'), 'c')).toEqual(value);
  });

  it('names the key that is missing', () => {
    expect(() => decrypt(parseEncryptionKeys(second), encrypt(keys, value, 'c'), 'c')).toThrow(keys.current.id);
  });

  it('refuses a value that was moved or altered', () => {
    const encrypted = encrypt(keys, value, 'uid-1/token');
    expect(() => decrypt(keys, encrypted, 'uid-2/token')).toThrow();
    expect(() => decrypt(keys, { ...encrypted, tag: randomBytes(16) }, 'uid-1/token')).toThrow();
  });
});
