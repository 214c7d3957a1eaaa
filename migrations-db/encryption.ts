import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { decodeEncryptionKeys } from '../config/encryption-keys.js';

/** One AES-256 key. The id is stored with each value it encrypts, so that keys can be rotated. */
interface EncryptionKey {
  id: string;
  /** 32 bytes. */
  key: Buffer;
}

export interface EncryptionKeys {
  /** Encrypts what is written from now on. */
  current: EncryptionKey;
  /** Earlier keys, for what they encrypted. */
  others: EncryptionKey[];
}

export interface EncryptedValue {
  keyId: string;
  nonce: Buffer;
  ciphertext: Buffer;
  tag: Buffer;
}

/**
 * Keys from text such as the variable MTC_ENCRYPTION_KEY.
 *
 * @throws Error that never repeats the text
 */
export function parseEncryptionKeys(text: string): EncryptionKeys {
  const [current, ...others] = decodeEncryptionKeys(text).map((key) => ({
    id: createHash('sha256').update(key).digest('hex').slice(0, 12),
    key,
  }));
  if (!current) throw new Error('No encryption key given.');
  return { current, others };
}

/** @param context what the value belongs to; decryption needs the same, so a value copied to another place is refused there */
export function encrypt(keys: EncryptionKeys, value: Buffer, context: string): EncryptedValue {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', keys.current.key, nonce).setAAD(Buffer.from(context));
  const ciphertext = Buffer.concat([cipher.update(value), cipher.final()]);
  return { keyId: keys.current.id, nonce, ciphertext, tag: cipher.getAuthTag() };
}

/** @throws Error when the key is not among ours, or the value was altered or belongs to something else */
export function decrypt(keys: EncryptionKeys, value: EncryptedValue, context: string): Buffer {
  const found = [keys.current, ...keys.others].find(({ id }) => id === value.keyId);
  if (!found) {
    throw new Error(
      `A stored secret was encrypted with key ${value.keyId}, which is not among the keys given (MTC_ENCRYPTION_KEY): ` +
        'add that key after the current one.',
    );
  }
  const decipher = createDecipheriv('aes-256-gcm', found.key, value.nonce, { authTagLength: 16 })
    .setAAD(Buffer.from(context))
    .setAuthTag(value.tag);
  return Buffer.concat([decipher.update(value.ciphertext), decipher.final()]);
}
