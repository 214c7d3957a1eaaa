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

/** A Postgres server of one test file's own, in a temporary folder. */
export async function startTemporaryPostgres(): Promise<TemporaryPostgres> {
  const root = await mkdtemp(path.join(tmpdir(), 'mtc-test-postgres-'));
  // Open to pass through, so that the server's OS user reaches its data when the tests run as root.
  await chmod(root, 0o755);
  const folder = path.join(root, 'postgres');
  const server = await startPostgres({ folder });
  return {
    url: server.url,
    stop: () => server.stop(),
    start: async () => void (await startPostgres({ folder })),
    remove: async () => {
      await server.stop();
      await rm(root, { recursive: true, force: true });
    },
  };
}
