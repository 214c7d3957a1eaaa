import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import getPort from 'get-port';
import { Kubectl } from '../lab/client/kubectl.js';
import { manifest } from '../lab/client/manifest.js';
import {
  expectSuccess,
  type Migration,
  NAMESPACE,
  readMigration,
  startMigration,
  untilReady,
} from '../lab/client/migrations.js';
import { type RunningService, startService } from '../lab/client/service.js';
import { timed } from './measuring.js';

const checkout = fileURLToPath(new URL('../', import.meta.url));

/** Both clusters and the service as `npm start` runs it: API and worker in one process, nothing stored before. */
export class BenchSystem {
  readonly source: Kubectl;
  readonly target: Kubectl;

  private constructor(
    /** As `npm run lab -- env` prints them. */
    readonly values: Record<string, string>,
    private readonly home: string,
    private readonly service: RunningService,
    readonly mtc: Kubectl,
    /** A line for whoever watches the benchmarks run. */
    readonly say: (line: string) => void,
  ) {
    this.source = kubectlFor(values, values.SOURCE_KUBECONFIG);
    this.target = kubectlFor(values, values.TARGET_KUBECONFIG);
  }

  static async start(values: Record<string, string>, say: (line: string) => void): Promise<BenchSystem> {
    await execa('npm', ['run', '--silent', 'build'], { cwd: checkout, stdout: process.stderr, stderr: 'inherit' });
    const home = await mkdtemp(path.join(tmpdir(), 'mtc-bench-'));
    // Passable for the user Postgres runs as when root runs the benchmarks.
    await chmod(home, 0o711);
    process.env.MTC_PORT = String(await getPort());
    const service = await startService(home, values);
    const system = new BenchSystem(values, home, service, kubectlFor(values, service.kubeconfig), say);
    try {
      await system.register();
    } catch (error) {
      await system.stop();
      throw error;
    }
    return system;
  }

  /** Of the process that is API and worker; Postgres and Temporal are processes of their own. */
  get pid(): number {
    return this.service.pid;
  }

  /** Image with a shell, rsync and stunnel that both clusters have. */
  get transferImage(): string {
    return this.values.TRANSFER_IMAGE ?? '';
  }

  async stop(): Promise<void> {
    await this.service.stop();
    await rm(this.home, { recursive: true, force: true });
  }

  /** A plan that is Ready. Two plans cannot share a namespace: see {@link forget}. */
  async plan(name: string, namespaces: string[]): Promise<void> {
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
        },
      }),
    );
    await untilReady(this.mtc, 'migplan', name);
  }

  /**
   * Runs a migration to its end.
   *
   * @returns seconds from its creation until it shows its end
   * @throws Error in the migration's own words when it does not succeed
   */
  async migrate(name: string, plan: string, spec: Record<string, unknown>): Promise<{ seconds: number }> {
    const { seconds } = await timed(async () => {
      await startMigration(this.mtc, name, plan, spec);
      await this.mtc.run([
        ...['-n', NAMESPACE, 'wait', `migmigration/${name}`],
        ...['--for=jsonpath={.status.phase}=Completed', '--timeout=600s'],
      ]);
    });
    expectSuccess((await readMigration(this.mtc, name)) as Migration);
    return { seconds };
  }

  /** Deletes a plan and its migrations. */
  async forget(plan: string, ...migrations: string[]): Promise<void> {
    for (const [kind, names] of [
      ['migmigration', migrations],
      ['migplan', [plan]],
    ] as const) {
      await this.mtc.run(['-n', NAMESPACE, 'delete', kind, ...names, '--ignore-not-found', '--timeout=120s']);
    }
  }

  private async register(): Promise<void> {
    for (const [name, { kubeconfig }] of [
      ['source', this.source],
      ['target', this.target],
    ] as const) {
      const args = ['commands/prepare-cluster.ts', '--kubeconfig', kubeconfig, '--name', name, '--yes'];
      const { stdout } = await execa('tsx', args, { cwd: checkout, preferLocal: true });
      await this.mtc.apply(stdout);
    }
    await this.mtc.apply(await manifest('repository', this.values));
    for (const name of ['source', 'target']) await untilReady(this.mtc, 'migcluster', name);
    await untilReady(this.mtc, 'migstorage', 'repository');
  }
}

const kubectlFor = (values: Record<string, string>, kubeconfig = ''): Kubectl =>
  new Kubectl(path.join(values.LAB_BIN ?? '', 'kubectl'), kubeconfig);
