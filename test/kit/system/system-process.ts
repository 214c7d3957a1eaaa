import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const checkout = fileURLToPath(new URL('../../../', import.meta.url));

export type ProcessName = 'api' | 'worker';

/** Until a process that was asked to end is made to. */
const IMPATIENCE_MS = 30_000;

export interface ProcessOptions {
  /** Of the system; its log and, when it outlives us, its pid stand there. */
  home: string;
  env: Record<string, string | undefined>;
  /** Whether it continues to run when the process that started it ends. */
  outlivesUs?: boolean;
}

/** API or worker, from `dist/`, with its output in a file of its name. */
export async function startSystemProcess(name: ProcessName, options: ProcessOptions): Promise<ChildProcess> {
  const { home, env, outlivesUs = false } = options;
  const output = await open(path.join(home, `${name}.log`), 'a');
  const child = spawn(process.execPath, [path.join(checkout, programOf(name))], {
    cwd: checkout,
    env,
    stdio: ['ignore', output.fd, output.fd],
    detached: outlivesUs,
  });
  await output.close();
  if (outlivesUs) {
    child.unref();
    await writeFile(pidFile(home, name), `${child.pid}\n`);
  }
  return child;
}

/** Ends a process that this one started and waits until it is gone. */
export async function endProcess(child: ChildProcess | undefined, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  const impatience = setTimeout(() => child.kill('SIGKILL'), IMPATIENCE_MS);
  await gone;
  clearTimeout(impatience);
}

/** Ends a process that another one started so that it outlives it; without effect where none runs. */
export async function endSystemProcess(name: ProcessName, home: string): Promise<void> {
  const pid = await runningPid(name, home);
  if (pid === undefined) return;
  process.kill(pid, 'SIGTERM');
  const deadline = Date.now() + IMPATIENCE_MS;
  while ((await runningPid(name, home)) !== undefined) {
    if (Date.now() > deadline) process.kill(pid, 'SIGKILL');
    await pause(50);
  }
  await rm(pidFile(home, name), { force: true });
}

const programOf = (name: ProcessName): string => `dist/${name}/main.js`;
const pidFile = (home: string, name: ProcessName): string => path.join(home, `${name}.pid`);

async function runningPid(name: ProcessName, home: string): Promise<number | undefined> {
  const pid = Number(await readFile(pidFile(home, name), 'utf8').catch(() => ''));
  // The pid may have been given to another program since; one that has ended and was not reaped has no command line.
  const command = pid ? await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') : '';
  return command.includes(programOf(name)) ? pid : undefined;
}
