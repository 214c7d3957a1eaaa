import { chmod } from 'node:fs/promises';
import { NAMESPACE } from '../../../lab/client/migrations.js';
import type { KubeObject } from '../../../resources/meta/kube-object.js';
import type { MadeRunOfPlan } from '../cluster/made-runs.js';
import { once } from '../shared/once.js';
import { Boot } from './boot.js';
import { SHARED_SYSTEM, type SharedSystemPlace } from './stop-shared-system.js';
import { fromEnvironment, kubectlProgram, System, type SystemPlace } from './system.js';

const PATIENCE = '--timeout=120s';

/**
 * The one system of a run of vitest, started by the first test file that asks for it and stopped after all of them. A file answers for the
 * plans it made and for what belongs to them, and takes them out of the way at its end, whatever became of its tests.
 */
export class SharedSystem extends System {
  private readonly plans = new Set<string>();
  /** What settings had as values before this file set them. */
  private readonly former: Record<string, unknown> = {};

  private constructor(place: SystemPlace) {
    super(place);
  }

  static async attach(): Promise<SharedSystem> {
    const { place } = await once(SHARED_SYSTEM, start);
    const system = new SharedSystem(place);
    System.running.add(system);
    return system;
  }

  override async plan(name: string, namespaces: string[], spec: Record<string, unknown> = {}): Promise<void> {
    this.plans.add(name);
    await super.plan(name, namespaces, spec);
  }

  /** Until this file ends; only for tiers whose files run one after the other: all runs of the system are started with them. */
  override async set(settings: Record<string, unknown>): Promise<void> {
    const controller = await this.mtc.get<KubeObject>('migrationcontroller', 'migration-controller', '-n', NAMESPACE);
    for (const name of Object.keys(settings)) {
      if (!(name in this.former)) this.former[name] = controller.spec?.[name] ?? null;
    }
    await super.set(settings);
  }

  protected override async runs(): Promise<MadeRunOfPlan[]> {
    return (await super.runs()).filter(({ plan }) => plan !== null && this.plans.has(plan));
  }

  /** Runs that a test has left under way are canceled, and nothing looks after the plans any longer. */
  protected override async giveUp(): Promise<void> {
    if (Object.keys(this.former).length > 0) await super.set(this.former);
    const { items } = await this.mtc.get<{ items: KubeObject[] }>(
      'migschedules,migmigrations,migplans',
      '-n',
      NAMESPACE,
    );
    const ours = items.filter((object) => this.plans.has(planOf(object)));
    const named = (kind: string, wanted: (object: KubeObject) => boolean = () => true): string[] =>
      ours
        .filter((object) => object.kind === kind && wanted(object))
        .map(({ metadata }) => `${kind.toLowerCase()}/${metadata.name}`);
    // A schedule first: it would start the next migration.
    for (const open of [named('MigSchedule'), named('MigMigration', isOpen)]) {
      if (open.length > 0) await this.mtc.run(['-n', NAMESPACE, 'delete', ...open, PATIENCE]);
    }
    const close = '{"spec":{"closed":true}}';
    for (const plan of named('MigPlan', ({ spec }) => spec.closed !== true)) {
      await this.mtc.run(['-n', NAMESPACE, 'patch', plan, '--type=merge', '-p', close]);
    }
  }
}

async function start(home: string): Promise<SharedSystemPlace> {
  // Passable for the user Postgres runs as when root runs the tests.
  await chmod(home, 0o711);
  const { boot, backupLocation: name } = await Boot.start(home, { outlivesUs: true });
  const kubeconfigs = ['SOURCE_KUBECONFIG', 'TARGET_KUBECONFIG'].map(fromEnvironment);
  return { place: boot.place, backupLocation: { name, kubectl: kubectlProgram(), kubeconfigs } };
}

const planOf = ({ kind, metadata, spec }: KubeObject): string =>
  kind === 'MigPlan' ? metadata.name : (spec?.migPlanRef?.name ?? '');

const isOpen = ({ status }: KubeObject): boolean => status?.phase !== 'Completed';
