import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { systemPath } from './run.js';
import { makeFolder } from './state.js';

/**
 * Runs `work` while no one else holds the lock `file`; waits for its turn.
 *
 * The kernel's lock (flock) is held by a child that lives as long as its standard input is open: when this process
 * ends in whatever way, the pipe closes and the lock is free. No stale lock files.
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  await makeFolder(dirname(file));
  const holder = spawn('flock', [file, 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, PATH: systemPath },
  });
  const ended = once(holder, 'exit');
  await Promise.race([
    once(holder.stdout, 'data'),
    ended.then(() => Promise.reject(new Error(`flock ended before it held ${file}`))),
  ]);
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
