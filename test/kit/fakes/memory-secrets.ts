import type { StoredSecret } from '../../../migrations-db/migration-store.js';

/** One Secret, whose values are tied to addresses as those of the store are. */
export function memorySecret(values: Record<string, string>) {
  const stored: StoredSecret = {
    values: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Buffer.from(value)])),
    addresses: {},
    revision: '1',
  };
  return {
    read: async (): Promise<StoredSecret> => ({ ...stored, addresses: { ...stored.addresses } }),
    async tie(_secret: unknown, key: string, address: StoredSecret['addresses'][string]): Promise<boolean> {
      stored.addresses[key] = address;
      return true;
    },
  };
}
