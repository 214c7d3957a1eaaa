import 'reflect-metadata';
import type pg from 'pg';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import type { DatabaseTarget } from '../config/database-target.js';
import { ENTITIES } from './schema/entities.js';
import { SCHEMA_CHANGES } from './schema/schema-changes.js';
import { asStoreError, isUnanswered } from './store-failures.js';

/** Where the store logs; a pino logger fits. */
export interface StoreLogger {
  warn(details: object, message: string): void;
}

// While Postgres is away, callers should fail soon and retry rather than pile up.
const CONNECT_MS = 3_000;
const LOCK_MS = 5_000;
const STATEMENT_MS = 10_000;
// A little more than the server's own limit: met only when the server does not answer at all.
const QUERY_MS = 12_000;
// Ends a transaction whose process hangs: until then it keeps its row locks.
const IDLE_IN_TRANSACTION_MS = 60_000;
const POOL_SIZE = 20;

export interface TransactionOptions {
  isolation?: 'READ COMMITTED' | 'REPEATABLE READ';
  /** Does all of the work and then undoes it. */
  rollBack?: boolean;
}

/** Each certificate of a given bundle is trusted by itself, also an intermediate or the server's own. */
const trusting = (tls: Exclude<DatabaseTarget['tls'], false | undefined>) =>
  tls.ca === undefined ? tls : { ...tls, allowPartialTrustChain: true };

/** The pool of connections; everything that fails in it fails as a StoreError where that says more. */
export class Database {
  private constructor(readonly dataSource: DataSource) {}

  /** @throws StoreError Unavailable */
  static async connect(url: string, logger?: StoreLogger, tls: DatabaseTarget['tls'] = false): Promise<Database> {
    const dataSource = new DataSource({
      type: 'postgres',
      url,
      ssl: tls && trusting(tls),
      applicationName: 'mtc',
      entities: ENTITIES,
      migrations: SCHEMA_CHANGES,
      poolSize: POOL_SIZE,
      connectTimeoutMS: CONNECT_MS,
      installExtensions: false,
      poolErrorHandler: (error: unknown) => logger?.warn({ err: error }, 'A database connection broke'),
      extra: {
        keepAlive: true,
        statement_timeout: STATEMENT_MS,
        query_timeout: QUERY_MS,
        lock_timeout: LOCK_MS,
        idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
      },
    });
    try {
      await dataSource.initialize();
    } catch (error) {
      throw asStoreError(error);
    }
    return new Database(dataSource);
  }

  /** One statement, or several that need not be seen together. */
  run<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.withConnection((runner) => work(runner.manager));
  }

  transaction<T>(work: (manager: EntityManager) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    return this.withConnection(async (runner) => {
      await runner.startTransaction(options.isolation);
      const result = await work(runner.manager);
      await (options.rollBack ? runner.rollbackTransaction() : runner.commitTransaction());
      return result;
    });
  }

  async close(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  private async withConnection<T>(work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    try {
      return await work(runner);
    } catch (error) {
      await (isUnanswered(error) ? abandon(runner) : rollBack(runner));
      throw asStoreError(error);
    } finally {
      await runner.release();
    }
  }
}

/** Closes the connection, so that the pool does not lend it again. */
async function abandon(runner: QueryRunner): Promise<void> {
  const client: pg.PoolClient & { end(): Promise<void> } = await runner.connect();
  client.end().catch(() => undefined);
}

async function rollBack(runner: QueryRunner): Promise<void> {
  if (runner.isTransactionActive && !runner.isReleased) {
    // A connection too broken to roll back is rolled back by the server when it goes.
    await runner.rollbackTransaction().catch(() => undefined);
  }
}
