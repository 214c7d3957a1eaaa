import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import getPort from 'get-port';
import pg from 'pg';
import { childEnvironment } from '../config/process-environment.js';
import { type PostgresHome, preparePostgresHome } from './postgres-home.js';

const run = promisify(execFile);
const DATABASE = 'mtc';
const START_SECONDS = 60;

export interface LocalPostgres {
  /** Connection URL with its password. */
  url: string;
  /** Fast shutdown; resolves when the server is gone. Data stay for the next start. */
  stop(): Promise<void>;
}

export interface PostgresOptions {
  folder: string;
  /** Of the server (postgresql.conf), where it is not running already. */
  settings?: Record<string, string>;
}

/** What must be the same at each start; kept beside the data. */
interface Settings {
  port: number;
  password: string;
}

/**
 * A Postgres server for a developer's machine, with its data in `folder` (or, when root runs this and the OS user `postgres`
 * cannot reach that, in a folder below /var/lib). The server is a process of its own: it outlives this one unless stopped, and a
 * later start finds and adopts it.
 *
 * @throws Error with what to do, when the server cannot be made or started
 */
export async function startPostgres({ folder, settings: more = {} }: PostgresOptions): Promise<LocalPostgres> {
  const home = await preparePostgresHome(path.resolve(folder));
  const settings = await readSettings(home);
  if (!existsSync(path.join(dataFolder(home), 'PG_VERSION'))) {
    await initialize(home, settings, more.fsync === 'off' ? ['--no-sync'] : []);
  }
  if (!(await adopt(home, settings))) {
    await start(home, settings, more);
  }
  await createDatabase(settings);
  return { url: urlOf(settings, DATABASE), stop: () => stop(home) };
}

/** Stops the server that has its data in `folder`, whoever started it; without effect where none runs. */
export async function stopPostgres(folder: string): Promise<void> {
  await stop(await preparePostgresHome(path.resolve(folder)));
}

const dataFolder = (home: PostgresHome): string => path.join(home.folder, 'data');
const logFile = (home: PostgresHome): string => path.join(home.folder, 'postgres.log');
const urlOf = ({ port, password }: Settings, database: string): string =>
  `postgres://mtc:${password}@127.0.0.1:${port}/${database}`;

async function readSettings(home: PostgresHome): Promise<Settings> {
  const text = await readFile(path.join(home.folder, 'settings.json'), 'utf8').catch(() => undefined);
  return text
    ? JSON.parse(text)
    : saveSettings(home, { port: await getPort(), password: randomBytes(18).toString('hex') });
}

async function saveSettings(home: PostgresHome, settings: Settings): Promise<Settings> {
  await writeFile(path.join(home.folder, 'settings.json'), JSON.stringify(settings), { mode: 0o600 });
  return settings;
}

/** Runs one of Postgres' programs as the server's user; from `/`, as that user may not reach our working folder. */
async function runProgram(home: PostgresHome, program: string, args: string[]): Promise<void> {
  await run(path.join(home.binaries, 'bin', program), args, {
    ...home.user,
    cwd: '/',
    env: childEnvironment({ LC_ALL: 'C', LC_MESSAGES: 'C' }),
  });
}

async function initialize(home: PostgresHome, settings: Settings, more: string[]): Promise<void> {
  const passwordFile = path.join(home.folder, 'password');
  await rm(dataFolder(home), { recursive: true, force: true });
  await writeFile(passwordFile, settings.password, { mode: 0o600 });
  try {
    if (home.user.uid !== undefined && home.user.gid !== undefined) {
      await chown(passwordFile, home.user.uid, home.user.gid);
    }
    await runProgram(home, 'initdb', [
      `--pgdata=${dataFolder(home)}`,
      '--username=mtc',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      ...more,
    ]);
  } catch (cause) {
    throw new Error(
      `Postgres could not make its data folder ${dataFolder(home)}: ${reasonOf(cause)} ` +
        '(libraries reported missing: run npm install again with install scripts allowed)',
      { cause },
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** Takes over a server that a killed process left running; false when none runs. */
async function adopt(home: PostgresHome, settings: Settings): Promise<boolean> {
  const pidFile = path.join(dataFolder(home), 'postmaster.pid');
  const lines = (await readFile(pidFile, 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  if (!pid) {
    return false;
  }
  if (!(await isOurServer(home, pid))) {
    await rm(pidFile, { force: true });
    return false;
  }
  settings.port = Number(lines[3]) || settings.port;
  await untilAnswers(home, settings);
  return true;
}

/** A pid file may outlive its server, and another program may have got the pid since. */
async function isOurServer(home: PostgresHome, pid: number): Promise<boolean> {
  if (existsSync('/proc/self/cwd')) {
    // A server's working folder is its data folder. One that was killed and not yet reaped no longer has one.
    const workingFolder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
    return workingFolder === (await realpath(dataFolder(home)));
  }
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function start(home: PostgresHome, settings: Settings, more: Record<string, string>): Promise<void> {
  let failure: unknown;
  for (let attempt = 1; attempt <= 3; attempt++) {
    if (attempt > 1) {
      // Another process may use the saved port by now.
      await saveSettings(home, Object.assign(settings, { port: await getPort() }));
    }
    const ours = { port: settings.port, listen_addresses: '127.0.0.1', unix_socket_directories: '' };
    const options = Object.entries({ ...more, ...ours }).map(([name, value]) => `-c ${name}=${value}`);
    try {
      const args = ['start', '--pgdata', dataFolder(home), '--log', logFile(home), '--wait'];
      return await runProgram(home, 'pg_ctl', [
        ...args,
        '--timeout',
        String(START_SECONDS),
        '--options',
        options.join(' '),
      ]);
    } catch (error) {
      failure = error;
      await sleep(500);
    }
  }
  throw new Error(
    `Postgres did not start: ${reasonOf(failure)} Last lines of ${logFile(home)}:\n${await logTail(home)}`,
    {
      cause: failure,
    },
  );
}

async function stop(home: PostgresHome): Promise<void> {
  if (existsSync(path.join(dataFolder(home), 'postmaster.pid'))) {
    await runProgram(home, 'pg_ctl', ['stop', '--pgdata', dataFolder(home), '--mode', 'fast', '--wait']);
  }
}

async function untilAnswers(home: PostgresHome, settings: Settings): Promise<void> {
  const end = Date.now() + START_SECONDS * 1000;
  for (;;) {
    try {
      return await withClient(settings, async () => undefined);
    } catch (cause) {
      if (Date.now() > end) {
        throw new Error(
          `A Postgres server runs in ${dataFolder(home)} but does not answer on port ${settings.port}: ${reasonOf(cause)} ` +
            `Stop it (its pid is in postmaster.pid there) and start again. Its log is ${logFile(home)}.`,
          { cause },
        );
      }
      await sleep(200);
    }
  }
}

async function createDatabase(settings: Settings): Promise<void> {
  await withClient(settings, async (client) => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) {
      await client.query(`CREATE DATABASE ${DATABASE}`);
    }
  });
}

async function withClient(settings: Settings, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(settings, 'postgres'), connectionTimeoutMillis: 3000 });
  try {
    await client.connect();
    await work(client);
  } finally {
    await client.end();
  }
}

const reasonOf = (error: unknown): string => {
  const { stderr, message } = error as { stderr?: string; message?: string };
  return stderr?.trim() || message || String(error);
};

async function logTail(home: PostgresHome): Promise<string> {
  const text = await readFile(logFile(home), 'utf8').catch(() => '(no log)');
  return text.trim().split('\n').slice(-8).join('\n');
}
