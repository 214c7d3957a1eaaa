import type { DatabaseTarget } from '../config/database-target.js';
import { PostgresCopyPlaces } from './copy-places.js';
import { Database, type StoreLogger } from './database.js';
import type { EncryptionKeys } from './encryption.js';
import { PostgresEventRepository } from './event-repository.js';
import { readFigures } from './figures.js';
import { startHousekeeping } from './housekeeping.js';
import { refuseUnknownKeys } from './known-keys.js';
import { PostgresLeaseRepository } from './lease-repository.js';
import type { MigrationStore } from './migration-store.js';
import { NotificationListener } from './notification-listener.js';
import { PostgresOutbox } from './outbox.js';
import { PostgresResourceRepository } from './resource-repository.js';
import { ResourceWriter } from './resource-writer.js';
import { PostgresRunRepository } from './run-repository.js';
import { migrate } from './schema/migrate.js';
import { SealedFields } from './sealed-fields.js';
import { PostgresSecretRepository } from './secret-repository.js';
import { SecretValues } from './secret-values.js';
import { PostgresStatusRepository } from './status-repository.js';

export interface MigrationStoreOptions {
  /** `postgres://user:password@host:port/database` */
  databaseUrl: string;
  /** Default false: none. */
  databaseTls?: DatabaseTarget['tls'];
  encryptionKeys: EncryptionKeys;
  logger?: StoreLogger;
}

/**
 * The store in a Postgres database, whose schema it brings up to date first. Once made, it outlives the database's absence: calls
 * reject with StoreError Unavailable within seconds and work again when it is back.
 *
 * @throws StoreError Unavailable when the database does not answer now
 * @throws UnknownSchemaError, UnknownKeyError
 */
export async function createMigrationStore(options: MigrationStoreOptions): Promise<MigrationStore> {
  const { databaseUrl: url, databaseTls: tls = false, encryptionKeys, logger } = options;
  const database = await Database.connect(url, logger, tls);
  try {
    await migrate(database.dataSource);
    await refuseUnknownKeys(database.dataSource, encryptionKeys);
  } catch (error) {
    await database.close();
    throw error;
  }
  const notifications = new NotificationListener({ url, tls }, logger);
  notifications.start();
  const secretValues = new SecretValues(encryptionKeys);
  const sealed = new SealedFields(encryptionKeys);
  const writer = new ResourceWriter(secretValues, sealed);
  const resources = new PostgresResourceRepository(database, writer, notifications, sealed);
  const endHousekeeping = startHousekeeping(database, resources, logger);
  return {
    resources,
    secrets: new PostgresSecretRepository(database, secretValues),
    runs: new PostgresRunRepository(database, sealed),
    statuses: new PostgresStatusRepository(database, writer),
    outbox: new PostgresOutbox(database, notifications),
    events: new PostgresEventRepository(resources),
    leases: new PostgresLeaseRepository(database),
    figures: () => readFigures(database),
    copyPlaces: new PostgresCopyPlaces(database),
    ping: async () => void (await database.run((manager) => manager.query('SELECT 1'))),
    close: async () => {
      endHousekeeping();
      await notifications.close();
      await database.close();
    },
  };
}
