import path from 'node:path';
import type { Client } from '@temporalio/client';
import { Kubectl } from '../../../lab/client/kubectl.js';
import { NAMESPACE, untilReady } from '../../../lab/client/migrations.js';
import { connectTemporal } from '../../../temporal/connection.js';
import { findHelpers } from '../cluster/helpers-left.js';
import { LeftoverCheck } from '../cluster/leftover-check.js';
import { type MadeRunOfPlan, madeRuns } from '../cluster/made-runs.js';

/** Variables of the environment the tests on clusters need; `npm run lab -- env` prints them. */
export function fromEnvironment(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`The environment variable ${name} is not set; see npm run lab -- env`);
  return value;
}

export const kubectlProgram = (): string => path.join(process.env.LAB_BIN ?? '', 'kubectl');

/** Where a system is, in a form that survives JSON: every process of the tests that knows it can use the system. */
export interface SystemPlace {
  /** Folder of its kubeconfig, its logs and the data of its servers. */
  home: string;
  /** DATABASE_URL and what else its processes are told. */
  environment: Record<string, string>;
  temporal: { address: string; namespace: string };
}

/**
 * API, worker, Postgres and Temporal, with both clusters registered: what tests of whole migrations use. Most share one
 * ({@link SharedSystem}); what takes a part of it away has its own ({@link OwnSystem}).
 */
export abstract class System {
  /** Those that this process uses and has not given up. */
  static readonly running = new Set<System>();
  readonly source: Kubectl;
  readonly target: Kubectl;
  readonly kubectl = kubectlProgram();
  readonly mtc: Kubectl;
  private readonly leftovers = new LeftoverCheck({
    runs: () => this.runs(),
    helpersOf: (runUids, options) => findHelpers(this, runUids, options),
  });
  private temporalConnection?: ReturnType<typeof connectTemporal>;

  protected constructor(protected readonly place: SystemPlace) {
    this.source = new Kubectl(this.kubectl, fromEnvironment('SOURCE_KUBECONFIG'));
    this.target = new Kubectl(this.kubectl, fromEnvironment('TARGET_KUBECONFIG'));
    this.mtc = new Kubectl(this.kubectl, path.join(place.home, 'kubeconfig'));
  }

  get home(): string {
    return this.place.home;
  }

  get databaseUrl(): string {
    return this.place.environment.DATABASE_URL ?? '';
  }

  /** For tests that do there what an operator may do by hand. */
  get temporalClient(): Client {
    this.temporalConnection ??= connectTemporal(this.place.temporal);
    return this.temporalConnection.client;
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

  /** Settings of all runs that are started from now on; null takes one away. */
  async set(settings: Record<string, unknown>): Promise<void> {
    const patch = JSON.stringify({ spec: settings });
    const controller = 'migrationcontroller/migration-controller';
    await this.mtc.run(['-n', NAMESPACE, 'patch', controller, '--type=merge', '-p', patch]);
  }

  /**
   * Sees that no run that is this file's concern is under way and none has left a helper in either cluster; see {@link LeftoverCheck}.
   * Each test ends with it (leftovers-setup.ts).
   */
  expectNothingLeft(options?: { besideOthers?: boolean }): Promise<void> {
    return this.leftovers.expectNothingLeft(options);
  }

  /**
   * The end of its use by this file.
   *
   * @throws Error as {@link expectNothingLeft}, when all is cleared up
   */
  async stop(): Promise<void> {
    System.running.delete(this);
    try {
      await this.expectNothingLeft();
    } finally {
      await this.temporalConnection?.connection.close();
      await this.giveUp();
    }
  }

  /** Runs that the tests of this file answer for. */
  protected runs(): Promise<MadeRunOfPlan[]> {
    return madeRuns(this.databaseUrl);
  }

  /** Clears up after the file. */
  protected abstract giveUp(): Promise<void>;
}
