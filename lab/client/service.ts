import { spawn } from 'node:child_process';
import { mkdir, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from './until.js';

const checkout = fileURLToPath(new URL('../../', import.meta.url));

/** What main.ts prints when everything is up, as one JSON line. */
interface Announcement {
  api: string;
  kubeconfig: string;
  temporalUi?: string;
}

export interface RunningService extends Announcement {
  pid: number;
  log: string;
  /** SIGTERM, then its end: it takes its Postgres and Temporal along. */
  stop(): Promise<void>;
}

/** The service as `npm start` runs it, in a process of its own, its log in `home`. */
export async function startService(home: string, values: Record<string, string>): Promise<RunningService> {
  await mkdir(home, { recursive: true, mode: 0o711 });
  const log = path.join(home, 'service.log');
  const output = await open(log, 'w', 0o600);
  const child = spawn(process.execPath, ['--enable-source-maps', path.join(checkout, 'dist/main.js')], {
    cwd: checkout,
    env: {
      ...process.env,
      MTC_HOME: home,
      MTC_TRANSFER_IMAGE: values.TRANSFER_IMAGE,
      MTC_HOOK_RUNNER_IMAGE: values.HOOK_RUNNER_IMAGE,
      MTC_HOST_KUBECONFIG: values.TARGET_KUBECONFIG,
      TEMPORAL_CLI: path.join(values.LAB_BIN ?? '', 'temporal'),
    },
    stdio: ['ignore', output.fd, output.fd],
  });
  await output.close();
  let exitCode: number | null | undefined;
  const ended = new Promise<void>((resolve) =>
    child.once('close', (code) => {
      exitCode = code;
      resolve();
    }),
  );
  const announcement = await until<Announcement>(
    'the service is up',
    async () => {
      if (exitCode !== undefined) throw new Error(`The service ended with ${exitCode}; see ${log}`);
      const line = (await readFile(log, 'utf8')).split('\n').find((text) => text.startsWith('{"announcement"'));
      return line === undefined ? undefined : (JSON.parse(line).announcement as Announcement);
    },
    { seconds: 120 },
  );
  return {
    ...announcement,
    pid: child.pid ?? 0,
    log,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
