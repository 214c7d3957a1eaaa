import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startPostgres } from '../../../local/postgres.js';

export interface TemporaryPostgres {
  url: string;
  stop(): Promise<void>;
  /** Starts the same server, with the same data and URL, again. */
  start(): Promise<void>;
  /** Stops the server and removes its data. */
  remove(): Promise<void>;
}

/** Nothing of it outlives the tests, so nothing need reach the disk; and many test files at once use one server. */
export const TEST_SERVER = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '500' };

/** A Postgres server of one test file's own, in a temporary folder: for tests that take it away or change its schema. */
export async function startTemporaryPostgres(): Promise<TemporaryPostgres> {
  const root = await mkdtemp(path.join(tmpdir(), 'mtc-test-postgres-'));
  // Open to pass through, so that the server's OS user reaches its data when the tests run as root.
  await chmod(root, 0o755);
  const folder = path.join(root, 'postgres');
  const server = await startPostgres({ folder, settings: TEST_SERVER });
  return {
    url: server.url,
    stop: () => server.stop(),
    start: async () => void (await startPostgres({ folder, settings: TEST_SERVER })),
    remove: async () => {
      await server.stop();
      await rm(root, { recursive: true, force: true });
    },
  };
}
