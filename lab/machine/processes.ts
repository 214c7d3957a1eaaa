import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { namespaceFile } from './network.js';
import { systemPath } from './run.js';
import { makeFolder } from './state.js';

/** A program of the lab that runs until it is stopped. */
export interface Service {
  name: string;
  /** Program and arguments. */
  command: string[];
  /** What it reads when it starts: it is started again when this has changed. */
  configFile?: string;
  /** Its record goes to `run/<name>.json` in here, its output to `log/<name>.log`. */
  folder: string;
  /** File that puts it into the lab's control group. */
  processesFile: string;
  /** Network namespace; the machine's own when undefined. */
  namespace?: string;
  env?: Record<string, string>;
}

/** A process id alone may belong to another program by now: it counts together with its start time. */
interface RunRecord {
  name: string;
  id: number;
  startTime: string;
  /** Hash of command and configuration. */
  form: string;
}

const recordFile = (service: Service) => join(service.folder, 'run', `${service.name}.json`);
const logFile = (service: Service) => join(service.folder, 'log', `${service.name}.log`);

/** When a process started, in clock ticks since boot (field 22 of /proc/PID/stat); undefined when it is gone. */
async function startTimeOf(id: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${id}/stat`, 'utf8').catch(() => undefined);
  // The name, in parentheses, may hold spaces; state is the first field after it, and Z is one that has ended.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields?.[0] === 'Z' ? undefined : fields?.[19];
}

async function isAlive(record: RunRecord): Promise<boolean> {
  return (await startTimeOf(record.id)) === record.startTime;
}

async function findRunning(service: Service): Promise<RunRecord | undefined> {
  const text = await readFile(recordFile(service), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const record = JSON.parse(text) as RunRecord;
  return (await isAlive(record)) ? record : undefined;
}

/** What became of the services once started from a folder: name → whether it runs. */
export async function recordedServices(folder: string): Promise<Map<string, boolean>> {
  const services = new Map<string, boolean>();
  for (const file of (await readdir(join(folder, 'run')).catch(() => [])).sort()) {
    const record = JSON.parse(await readFile(join(folder, 'run', file), 'utf8')) as RunRecord;
    services.set(record.name, await isAlive(record));
  }
  return services;
}

/** Starts a service unless it runs already; one with another command or configuration is stopped first. */
export async function ensureService(service: Service): Promise<void> {
  const running = await findRunning(service);
  const form = await formOf(service);
  if (running?.form === form) return;
  if (running) await stop(running);
  await start(service, form);
}

async function formOf({ command, configFile, env }: Service): Promise<string> {
  const config = configFile && (await readFile(configFile, 'utf8'));
  return createHash('sha256')
    .update(JSON.stringify([command, env, config]))
    .digest('hex');
}

async function start(service: Service, form: string): Promise<void> {
  await makeFolder(service.folder, 'run');
  await makeFolder(service.folder, 'log');
  await using log = await open(logFile(service), 'a');
  const enter = service.namespace ? ['nsenter', `--net=${namespaceFile(service.namespace)}`, '--'] : [];
  // `exec` all the way: the id of the shell is the id of the program, which is in the group before it does anything.
  const command = ['-c', 'echo $$ > "$0" && exec "$@"', service.processesFile, ...enter, ...service.command];
  const child = spawn('/bin/sh', command, {
    cwd: service.folder,
    detached: true,
    env: { ...service.env, PATH: systemPath },
    stdio: ['ignore', log.fd, log.fd],
  });
  child.unref();
  const id = child.pid;
  const startTime = id === undefined ? undefined : await startTimeOf(id);
  if (id === undefined || startTime === undefined) throw new Error(`${service.name} did not start.`);
  const record: RunRecord = { name: service.name, id, startTime, form };
  await writeFile(recordFile(service), JSON.stringify(record));
}

async function stop(record: RunRecord): Promise<void> {
  process.kill(record.id, 'SIGTERM');
  // An API server takes up to 20 s to drain, and keeps its port so long.
  for (const deadline = Date.now() + 30_000; await isAlive(record); await sleep(100)) {
    if (Date.now() > deadline) process.kill(record.id, 'SIGKILL');
  }
}

/**
 * Waits until `probe` holds.
 * @throws with the end of the service's log when it ends before that, or after `seconds`
 */
export async function waitForService(service: Service, probe: () => Promise<boolean>, seconds = 60): Promise<void> {
  for (const deadline = Date.now() + seconds * 1000; !(await probe()); await sleep(100)) {
    const dead = !(await findRunning(service));
    if (!dead && Date.now() < deadline) continue;
    const log = await readFile(logFile(service), 'utf8');
    const what = dead ? 'ended' : `is not ready after ${seconds} s`;
    throw new Error(`${service.name} ${what}. The end of ${logFile(service)}:\n${log.slice(-2000)}`);
  }
}
