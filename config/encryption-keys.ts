const KEY_BYTES = 32;

/**
 * Reads keys from text such as the variable MTC_ENCRYPTION_KEY: 32 random bytes in base64 (`openssl rand -base64 32`), the current
 * key first, earlier ones after it, separated by commas or white space.
 *
 * @throws Error that never repeats the text
 */
export function decodeEncryptionKeys(text: string): Buffer[] {
  const keys = text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map((word) => Buffer.from(word, 'base64'));
  if (keys.length === 0) {
    throw new Error('No encryption key given: make one with "openssl rand -base64 32".');
  }
  for (const [index, key] of keys.entries()) {
    if (key.length !== KEY_BYTES) {
      throw new Error(
        `Encryption key ${index + 1} is not ${KEY_BYTES} bytes in base64: make one with "openssl rand -base64 32".`,
      );
    }
  }
  return keys;
}
