import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startPostgres } from '../../../local/postgres.js';
import { startTemporal } from '../../../local/temporal.js';
import type { OwnSystem } from '../system/own-system.js';

/** Kills the system's Temporal server without a chance to say goodbye, and starts it again on its data. */
export async function restartTemporal({ home }: OwnSystem): Promise<void> {
  const folder = path.join(home, 'temporal');
  const pid = Number(await readFile(path.join(folder, 'temporal.pid'), 'utf8'));
  process.kill(pid, 'SIGKILL');
  await untilGone(pid);
  await startTemporal({ folder, program: process.env.TEMPORAL_CLI });
}

/** Takes the system's Postgres away while `action` runs. */
export async function withoutPostgres({ home }: OwnSystem, action: () => Promise<void>): Promise<void> {
  const folder = path.join(home, 'postgres');
  const running = await startPostgres({ folder });
  await running.stop();
  try {
    await action();
  } finally {
    await startPostgres({ folder });
  }
}

async function untilGone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await pause(20);
  }
}
