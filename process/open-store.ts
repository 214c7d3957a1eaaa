import type { Logger } from 'pino';
import type { StoreConfig } from '../config/read-config.js';
import { createMigrationStore } from '../migrations-db/create-migration-store.js';
import { parseEncryptionKeys } from '../migrations-db/encryption.js';
import type { MigrationStore } from '../migrations-db/migration-store.js';

/** The store as the configuration names it. */
export const openStore = ({ database, encryptionKeys }: StoreConfig, logger: Logger): Promise<MigrationStore> =>
  createMigrationStore({
    databaseUrl: database.url,
    databaseTls: database.tls,
    encryptionKeys: parseEncryptionKeys(encryptionKeys),
    logger,
  });
