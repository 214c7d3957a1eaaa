import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { execa } from 'execa';
import getPort from 'get-port';
import { parseAllDocuments } from 'yaml';
import { backupLocationName } from '../../../activities/velero/backup-location-manifest.js';
import { Kubectl } from '../../../lab/client/kubectl.js';
import { manifest } from '../../../lab/client/manifest.js';
import { NAMESPACE, untilReady } from '../../../lab/client/migrations.js';
import { until } from '../../../lab/client/until.js';
import { type LocalDefaults, startLocalDefaults } from '../../../local/defaults.js';
import type { KubeObject } from '../../../resources/meta/kube-object.js';
import { connectTemporal } from '../../../temporal/connection.js';
import { findHelpers } from '../cluster/helpers-left.js';
import { LeftoverCheck } from '../cluster/leftover-check.js';
import { madeRuns } from '../cluster/made-runs.js';
import type { ApiProxy } from '../faults/api-proxy/api-proxy.js';

const checkout = fileURLToPath(new URL('../../../', import.meta.url));

/** Variables of the environment the end-to-end tests need; `npm run lab -- env` prints them. */
export function fromEnvironment(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`The environment variable ${name} is not set; see npm run lab -- env`);
  return value;
}

export interface SystemOptions {
  /** Stand before the API servers: the system reaches the clusters through them, the test itself does not. */
  proxies?: Record<'source' | 'target', ApiProxy>;
}

/**
 * The whole system for one test file: its own Postgres and Temporal, API and worker as processes of their own that can be killed, and
 * both clusters registered. Gone with its data after `stop`.
 */
export class System {
  /** Those that have started and not stopped. */
  static readonly running = new Set<System>();
  readonly source: Kubectl;
  readonly target: Kubectl;
  readonly kubectl: string;
  mtc!: Kubectl;
  private readonly leftovers = new LeftoverCheck({
    runs: () => madeRuns(this.defaults.environment.DATABASE_URL),
    helpersOf: (runUids, options) => findHelpers(this, runUids, options),
  });
  private backupLocation?: string;
  private temporalConnection?: ReturnType<typeof connectTemporal>;
  private api?: ChildProcess;
  private worker?: ChildProcess;

  private constructor(
    readonly home: string,
    readonly defaults: LocalDefaults,
    /** Of the API; the same after a restart, as the kubeconfig names it. */
    private readonly port: number,
    private readonly options: SystemOptions,
  ) {
    this.kubectl = path.join(process.env.LAB_BIN ?? '', 'kubectl');
    this.source = new Kubectl(this.kubectl, fromEnvironment('SOURCE_KUBECONFIG'));
    this.target = new Kubectl(this.kubectl, fromEnvironment('TARGET_KUBECONFIG'));
  }

  static async start(options: SystemOptions = {}): Promise<System> {
    const home = await mkdtemp(path.join(tmpdir(), 'mtc-e2e-'));
    // Passable for the user Postgres runs as when root runs the tests.
    await chmod(home, 0o711);
    process.env.TEMPORAL_CLI ??= path.join(process.env.LAB_BIN ?? '', 'temporal');
    const defaults = await startLocalDefaults(home, () => undefined, { temporalCli: process.env.TEMPORAL_CLI });
    const system = new System(home, defaults, await getPort(), options);
    try {
      await system.startWorker();
      await system.startApi();
      await system.register();
    } catch (error) {
      await system.shutDown();
      throw error;
    }
    System.running.add(system);
    return system;
  }

  /** Connection data of Temporal, for tests that look into it. */
  get temporal(): { address: string; namespace: string } {
    return this.defaults.temporal;
  }

  /** For tests that do there what an operator may do by hand. */
  get temporalClient(): Client {
    this.temporalConnection ??= connectTemporal(this.temporal);
    return this.temporalConnection.client;
  }

  async startApi(): Promise<void> {
    this.api = await this.launch('api');
    this.mtc = new Kubectl(this.kubectl, path.join(this.home, 'kubeconfig'));
    await until('the API answers', () => this.mtc.run(['get', '--raw', '/readyz']).catch(() => undefined), {
      seconds: 60,
      describe: () => this.log('api'),
    });
  }

  async startWorker(): Promise<void> {
    this.worker = await this.launch('worker');
  }

  killApi(): Promise<void> {
    return end(this.api, 'SIGKILL');
  }

  killWorker(): Promise<void> {
    return end(this.worker, 'SIGKILL');
  }

  /** Since when the newest worker has been polling; undefined when it does not yet. */
  async workerPolling(): Promise<Date | undefined> {
    const lines = (await readFile(path.join(this.home, 'worker.log'), 'utf8')).split('\n').filter(Boolean);
    const entries = lines.map((line) => JSON.parse(line) as { pid: number; time: number; msg?: string });
    const entry = entries.find(({ pid, msg }) => pid === this.worker?.pid && msg === 'The worker polls');
    return entry && new Date(entry.time);
  }

  log(name: 'api' | 'worker'): Promise<string> {
    return readFile(path.join(this.home, `${name}.log`), 'utf8').then((text) => text.slice(-4_000));
  }

  /**
   * Sees that no run of this system is under way and none has left a helper in either cluster; see {@link LeftoverCheck}. Each test ends
   * with it (leftovers-setup.ts).
   */
  expectNothingLeft(options?: { besideOthers?: boolean }): Promise<void> {
    return this.leftovers.expectNothingLeft(options);
  }

  /** @throws Error as {@link expectNothingLeft}, when all is stopped */
  async stop(): Promise<void> {
    System.running.delete(this);
    try {
      await this.expectNothingLeft();
    } finally {
      await this.shutDown();
    }
  }

  private async shutDown(): Promise<void> {
    await Promise.all([end(this.api, 'SIGTERM'), end(this.worker, 'SIGTERM')]);
    await this.removeBackupLocation();
    await this.temporalConnection?.connection.close();
    await this.defaults.stop();
    if (process.env.KEEP_LOGS === undefined) await rm(this.home, { recursive: true, force: true });
  }

  private async launch(name: 'api' | 'worker'): Promise<ChildProcess> {
    const output = await open(path.join(this.home, `${name}.log`), 'a');
    const child = spawn(process.execPath, [path.join(checkout, `dist/${name}/main.js`)], {
      cwd: checkout,
      env: {
        ...process.env,
        ...this.defaults.environment,
        MTC_HOME: this.home,
        MTC_PORT: String(this.port),
        MTC_TRANSFER_IMAGE: process.env.TRANSFER_IMAGE,
        MTC_HOOK_RUNNER_IMAGE: process.env.HOOK_RUNNER_IMAGE,
        MTC_HOST_KUBECONFIG: fromEnvironment('TARGET_KUBECONFIG'),
      },
      stdio: ['ignore', output.fd, output.fd],
    });
    await output.close();
    return child;
  }

  private async register(): Promise<void> {
    for (const [name, cluster] of [
      ['source', this.source],
      ['target', this.target],
    ] as const) {
      const args = ['commands/prepare-cluster.ts', '--kubeconfig', cluster.kubeconfig, '--name', name, '--yes'];
      const { stdout } = await execa('tsx', args, { cwd: checkout, preferLocal: true });
      await this.mtc.apply(reachedThrough(stdout, this.options.proxies?.[name]));
    }
    await this.mtc.apply(await manifest('repository', process.env));
    for (const name of ['source', 'target']) await untilReady(this.mtc, 'migcluster', name);
    await untilReady(this.mtc, 'migstorage', 'repository');
    const storage = await this.mtc.get<{ metadata: { uid: string } }>('migstorage', 'repository', '-n', NAMESPACE);
    this.backupLocation = backupLocationName(storage.metadata.uid);
  }

  /** Kept by the product; in the lab each system would leave one more that both Veleros check for ever. */
  private async removeBackupLocation(): Promise<void> {
    const name = this.backupLocation;
    if (name === undefined) return;
    const args = ['-n', NAMESPACE, 'delete', `backupstoragelocation/${name}`, `secret/${name}`, '--ignore-not-found'];
    await Promise.all([this.source, this.target].map((cluster) => cluster.run(args)));
  }

  /** Creates a plan for one namespace and waits until it is Ready. */
  async plan(name: string, namespaces: string[], spec: Record<string, unknown> = {}): Promise<void> {
    await this.mtc.apply(
      JSON.stringify({
        apiVersion: 'migration.openshift.io/v1alpha1',
        kind: 'MigPlan',
        metadata: { name, namespace: NAMESPACE },
        spec: {
          srcMigClusterRef: { name: 'source', namespace: NAMESPACE },
          destMigClusterRef: { name: 'target', namespace: NAMESPACE },
          migStorageRef: { name: 'repository', namespace: NAMESPACE },
          indirectImageMigration: false,
          indirectVolumeMigration: false,
          namespaces,
          ...spec,
        },
      }),
    );
    await untilReady(this.mtc, 'migplan', name);
  }
}

/** The registration of a cluster, with the address of a proxy in place of its own. */
function reachedThrough(registration: string, proxy: ApiProxy | undefined): string {
  if (!proxy) return registration;
  const { server: url, caBundle } = proxy.address;
  return parseAllDocuments(registration)
    .map((document) => document.toJS() as KubeObject | null)
    .filter((object) => object !== null)
    .map((object) =>
      object.kind === 'MigCluster' ? { ...object, spec: { ...object.spec, url, caBundle, insecure: false } } : object,
    )
    .map((object) => JSON.stringify(object))
    .join('\n---\n');
}

/** Ends a process we started and waits until it is gone. */
async function end(child: ChildProcess | undefined, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  const impatience = setTimeout(() => child.kill('SIGKILL'), 30_000);
  await gone;
  clearTimeout(impatience);
}
