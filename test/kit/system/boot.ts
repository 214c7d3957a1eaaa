import { readFile } from 'node:fs/promises';
import path from 'node:path';
import getPort from 'get-port';
import { Kubectl } from '../../../lab/client/kubectl.js';
import { until } from '../../../lab/client/until.js';
import { type LocalDefaults, startLocalDefaults } from '../../../local/defaults.js';
import { type Proxies, registerClusters } from './register-clusters.js';
import { fromEnvironment, kubectlProgram, type SystemPlace } from './system.js';
import { endProcess, type ProcessName, type ProcessOptions, startSystemProcess } from './system-process.js';

type Child = Awaited<ReturnType<typeof startSystemProcess>>;

/** The processes of one system and how they are started again. */
export class Boot {
  private readonly children: Partial<Record<ProcessName, Child>> = {};

  private constructor(
    readonly home: string,
    private readonly defaults: LocalDefaults,
    private readonly options: ProcessOptions,
  ) {}

  /**
   * A system in `home`, with both clusters registered.
   *
   * @param outlivesUs whether it continues to run when this process ends; see stop-shared-system.ts
   */
  static async start(
    home: string,
    { proxies, outlivesUs }: { proxies?: Proxies; outlivesUs?: boolean } = {},
  ): Promise<{ boot: Boot; backupLocation: string }> {
    process.env.TEMPORAL_CLI ??= path.join(process.env.LAB_BIN ?? '', 'temporal');
    const defaults = await startLocalDefaults(home, () => undefined, { temporalCli: process.env.TEMPORAL_CLI });
    const env = {
      ...process.env,
      ...defaults.environment,
      MTC_HOME: home,
      // The same after a restart, as the kubeconfig names it.
      MTC_PORT: String(await getPort()),
      MTC_TRANSFER_IMAGE: process.env.TRANSFER_IMAGE,
      MTC_HOOK_RUNNER_IMAGE: process.env.HOOK_RUNNER_IMAGE,
      MTC_HOST_KUBECONFIG: fromEnvironment('TARGET_KUBECONFIG'),
    };
    const boot = new Boot(home, defaults, { home, env, outlivesUs });
    try {
      await boot.startWorker();
      await boot.startApi();
      return { boot, backupLocation: await registerClusters(boot.mtc, proxies) };
    } catch (error) {
      await boot.shutDown();
      throw error;
    }
  }

  get place(): SystemPlace {
    const { environment, temporal } = this.defaults;
    const { address, namespace } = temporal;
    return { home: this.home, environment, temporal: { address, namespace } };
  }

  async startApi(): Promise<void> {
    this.children.api = await startSystemProcess('api', this.options);
    await until('the API answers', () => this.mtc.run(['get', '--raw', '/readyz']).catch(() => undefined), {
      seconds: 60,
      describe: async () => (await readFile(path.join(this.home, 'api.log'), 'utf8')).slice(-4_000),
    });
  }

  async startWorker(): Promise<void> {
    this.children.worker = await startSystemProcess('worker', this.options);
  }

  kill(name: ProcessName): Promise<void> {
    return endProcess(this.children[name], 'SIGKILL');
  }

  /** Since when the newest worker has been polling; undefined when it does not yet. */
  async workerPolling(): Promise<Date | undefined> {
    const lines = (await readFile(path.join(this.home, 'worker.log'), 'utf8')).split('\n').filter(Boolean);
    const entries = lines.map((line) => JSON.parse(line) as { pid: number; time: number; msg?: string });
    const entry = entries.find(({ pid, msg }) => pid === this.children.worker?.pid && msg === 'The worker polls');
    return entry && new Date(entry.time);
  }

  async shutDown(): Promise<void> {
    const { api, worker } = this.children;
    await Promise.all([endProcess(api, 'SIGTERM'), endProcess(worker, 'SIGTERM')]);
    await this.defaults.stop();
  }

  private get mtc(): Kubectl {
    return new Kubectl(kubectlProgram(), path.join(this.home, 'kubeconfig'));
  }
}
