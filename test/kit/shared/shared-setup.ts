import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { stopSharedPostgres } from '../postgres/shared-postgres.js';
import { stopSharedSystem } from '../system/stop-shared-system.js';
import { stopSharedTemporal } from '../temporal/shared-temporal.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of one run of vitest, for what its test files share. */
    sharedFolder: string;
  }
}

/**
 * Around a whole run of vitest: a folder in which the first test file that needs a server starts it and the others find it (`once`), so
 * that a run pays for no server that none of its tests uses. Afterwards what was started is stopped.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mtc-tests-'));
  // Open to pass through, so that Postgres' OS user reaches its data when the tests run as root.
  await chmod(folder, 0o755);
  project.provide('sharedFolder', folder);
  const stop = async (): Promise<void> => {
    await Promise.all([stopSharedPostgres(folder), stopSharedTemporal(folder), stopSharedSystem(folder)]);
    if (process.env.KEEP_LOGS === undefined) await rm(folder, { recursive: true, force: true });
  };
  // Vitest itself ends at once, without its teardown.
  const terminated = (): void => void stop().finally(() => process.exit(143));
  process.once('SIGTERM', terminated);
  return async () => {
    process.off('SIGTERM', terminated);
    await stop();
  };
}
