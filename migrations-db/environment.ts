import { type EncryptionKeys, parseEncryptionKeys } from './encryption.js';

/**
 * What a process must be told about the store: DATABASE_URL and MTC_ENCRYPTION_KEY (32 random bytes in base64; earlier keys after it).
 *
 * @throws Error naming the variable that is missing
 */
export function storeOptionsFromEnvironment(): { databaseUrl: string; encryptionKeys: EncryptionKeys } {
  return {
    databaseUrl: required('DATABASE_URL', 'postgres://user:password@host:port/database'),
    encryptionKeys: parseEncryptionKeys(required('MTC_ENCRYPTION_KEY', 'the output of: openssl rand -base64 32')),
  };
}

function required(name: string, example: string): string {
  const value = process.env[name];
  if (!value)
    throw new Error(`The environment variable ${name} is not set; it holds ${example}. (npm start needs none.)`);
  return value;
}
