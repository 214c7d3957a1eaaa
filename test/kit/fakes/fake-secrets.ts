import type { CredentialAddress, SecretRepository } from '../../../migrations-db/migration-store.js';

/** One Secret under every name, whose values are tied to their addresses as in the store. */
export function fakeSecrets(texts: Record<string, string>): SecretRepository {
  const values = Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, Buffer.from(text)]));
  const addresses: Record<string, CredentialAddress> = {};
  return {
    read: async () => ({ values, addresses, revision: '1' }),
    async tie(_secret, key, to) {
      if (key in addresses) return false;
      addresses[key] = to;
      return true;
    },
  };
}
