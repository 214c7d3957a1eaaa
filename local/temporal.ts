import { spawn } from 'node:child_process';
import { open, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import getPort from 'get-port';
import { childEnvironment } from '../config/process-environment.js';
import { SEARCH_ATTRIBUTES } from '../temporal/contract/search-attributes.js';
import { makePrivate } from './private-folder.js';
import { temporalCli } from './temporal-cli.js';

export interface LocalTemporal {
  /** host:port of the frontend. */
  address: string;
  namespace: string;
  uiUrl: string;
  stop(): Promise<void>;
}

interface Settings {
  port: number;
  uiPort: number;
}

const NAMESPACE = 'default';
const START_SECONDS = 60;

/**
 * The dev server polls each of its queues at most 20 times a second out of the box, which costs 80 ms a step: these lift that. A real
 * server has hundreds of shards and needs none of them.
 */
const QUICK = [
  'system.enableActivityEagerExecution=true',
  'history.transferProcessorMaxPollRPS=2000',
  'history.timerProcessorMaxPollRPS=2000',
];

/**
 * Temporal's dev server with its web UI, data in `folder`. A process of its own: it outlives this one unless stopped, and a later start
 * finds and adopts it.
 */
export async function startTemporal({
  folder,
  program,
  say = () => undefined,
}: {
  folder: string;
  /** Path of the `temporal` program; without one it is looked for and, in the end, built. */
  program?: string;
  say?: (line: string) => void;
}): Promise<LocalTemporal> {
  await makePrivate(folder);
  const settings = await readSettings(folder);
  if ((await runningPid(folder)) === undefined) await launch(folder, settings, await temporalCli(say, program));
  const address = `127.0.0.1:${settings.port}`;
  await untilAnswers(address, folder);
  return {
    address,
    namespace: NAMESPACE,
    uiUrl: `http://127.0.0.1:${settings.uiPort}/namespaces/${NAMESPACE}/workflows`,
    stop: () => stopTemporal(folder),
  };
}

async function readSettings(folder: string): Promise<Settings> {
  const file = path.join(folder, 'settings.json');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text !== undefined) return JSON.parse(text) as Settings;
  const settings = { port: await getPort(), uiPort: await getPort() };
  await writeFile(file, JSON.stringify(settings), { mode: 0o600 });
  return settings;
}

async function launch(folder: string, { port, uiPort }: Settings, program: string): Promise<void> {
  const log = await open(path.join(folder, 'temporal.log'), 'a', 0o600);
  const attributes = Object.values(SEARCH_ATTRIBUTES).map(
    ({ name, type }) => `${name}=${type === 'BOOL' ? 'Bool' : 'Keyword'}`,
  );
  const options = [
    ['--ip', '127.0.0.1'],
    ['--port', String(port)],
    ['--ui-port', String(uiPort)],
    ['--db-filename', path.join(folder, 'temporal.db')],
    ['--sqlite-pragma', 'journal_mode=wal'],
    ['--sqlite-pragma', 'synchronous=normal'],
    ['--log-level', 'warn'],
    ...QUICK.map((value) => ['--dynamic-config-value', value]),
    ...attributes.map((attribute) => ['--search-attribute', attribute]),
  ].flat();
  const child = spawn(program, ['server', 'start-dev', ...options], {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env: childEnvironment(),
  });
  child.unref();
  await log.close();
  if (child.pid === undefined) throw new Error(`The Temporal dev server ${program} could not be started`);
  await writeFile(pidFile(folder), `${child.pid}\n`);
}

const pidFile = (folder: string): string => path.join(folder, 'temporal.pid');

async function runningPid(folder: string): Promise<number | undefined> {
  const pid = Number(await readFile(pidFile(folder), 'utf8').catch(() => ''));
  // The pid may have been given to another program since.
  const program = pid ? await readlink(`/proc/${pid}/exe`).catch(() => '') : '';
  return program.endsWith('temporal') ? pid : undefined;
}

async function untilAnswers(address: string, folder: string): Promise<void> {
  const deadline = Date.now() + START_SECONDS * 1_000;
  for (;;) {
    try {
      const connection = await Connection.connect({ address, connectTimeout: '2 seconds' });
      await connection.workflowService.describeNamespace({ namespace: NAMESPACE });
      await connection.close();
      return;
    } catch (cause) {
      if (Date.now() > deadline) {
        throw new Error(
          `The Temporal dev server did not answer in ${START_SECONDS} s; see ${path.join(folder, 'temporal.log')}`,
          { cause },
        );
      }
      await pause(100);
    }
  }
}

/** Stops the server that has its data in `folder`, whoever started it; without effect where none runs. */
export async function stopTemporal(folder: string): Promise<void> {
  const pid = await runningPid(folder);
  if (pid !== undefined) {
    process.kill(pid, 'SIGTERM');
    while ((await runningPid(folder)) !== undefined) await pause(50);
  }
  await rm(pidFile(folder), { force: true });
}
