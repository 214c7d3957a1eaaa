import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  expectSuccess,
  type Migration,
  NAMESPACE,
  readMigration,
  startMigration,
} from '../../../lab/client/migrations.js';
import { until } from '../../../lab/client/until.js';
import { TestApplication, type TestApplicationOptions } from '../../kit/cluster/test-application.js';
import { conditionOf, untilHalted, untilOver, workflowIdOf } from '../../kit/system/mid-run.js';
import { SharedSystem } from '../../kit/system/shared-system.js';

let system: SharedSystem;
const applications: TestApplication[] = [];

async function deploy(name: string, options?: TestApplicationOptions): Promise<TestApplication> {
  const application = await TestApplication.deploy(system, name, options);
  applications.push(application);
  return application;
}

const ended = (name: string): Promise<Migration> => untilOver(system, name);
const mtc = (...args: string[]): Promise<string> => system.mtc.run(['-n', NAMESPACE, ...args]);

beforeAll(async () => {
  system = await SharedSystem.attach();
});

afterAll(async () => {
  await Promise.all(applications.map((application) => application.remove()));
  await system?.stop();
});

describe.concurrent('a plan edited in mid-run', () => {
  it('does not change the run', async () => {
    const application = await deploy('edited', { lingerSeconds: 4 });
    const { namespace, plan } = application;
    await startMigration(system.mtc, 'edited', plan, { quiescePods: true });
    await untilHalted(system, application, 'edited');
    const mapped = JSON.stringify({ spec: { namespaces: [`${namespace}:${namespace}-elsewhere`] } });
    await mtc('patch', 'migplan', plan, '--type=merge', '-p', mapped);
    expectSuccess(await ended('edited'));
    expect(await application.replicas(system.target)).toBe(2);
    expect(await system.target.find('namespace', `${namespace}-elsewhere`)).toBeUndefined();
  });
});

describe.concurrent('a migration deleted in mid-run', () => {
  it('goes when the source runs again, and its name can be used again', async () => {
    const application = await deploy('deleted', { lingerSeconds: 4 });
    const before = await application.userState();
    await startMigration(system.mtc, 'deleted', application.plan, { quiescePods: true });
    const first = await untilHalted(system, application, 'deleted');
    await mtc('delete', 'migmigration', 'deleted', '--wait=false');

    const readyWhenGone = await until(
      'the migration is gone',
      async () => {
        const migration = await readMigration(system.mtc, 'deleted');
        return migration === undefined ? application.userState() : undefined;
      },
      { seconds: 60 },
    );
    expect(readyWhenGone).toEqual(before);
    const { status } = await system.source.get<{ status: { replicas?: number } }>(
      'deployment',
      'web',
      '-n',
      application.namespace,
    );
    // Its pods are there again, ready or not: some never are.
    expect(status.replicas).toBe(2);

    await startMigration(system.mtc, 'deleted', application.plan, { stage: true });
    const second = await ended('deleted');
    expectSuccess(second);
    expect(second.metadata.uid).not.toBe(first.metadata.uid);
  });
});

describe.concurrent('the same migration created twice at once', () => {
  it('is refused once and runs once', async () => {
    const application = await deploy('twice');
    const manifest = JSON.stringify({
      apiVersion: 'migration.openshift.io/v1alpha1',
      kind: 'MigMigration',
      metadata: { name: 'twice', namespace: NAMESPACE },
      spec: { migPlanRef: { name: application.plan, namespace: NAMESPACE }, stage: true },
    });
    const outcomes = await Promise.allSettled([1, 2].map(() => system.mtc.run(['create', '-f', '-'], manifest)));
    const refusals = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refusals).toHaveLength(1);
    expect(String(refusals[0]?.reason)).toContain('AlreadyExists');
    const migration = await ended('twice');
    expectSuccess(migration);
    const roots: string[] = [];
    for await (const { workflowId } of system.temporalClient.workflow.list({ query: 'WorkflowType = "migration"' })) {
      if (workflowId.includes('/twice/')) roots.push(workflowId);
    }
    expect(roots).toEqual([workflowIdOf(migration)]);
  });
});

describe.concurrent('a workload deleted in mid-run', () => {
  /** Deletes the CronJob while the cutover waits for the last pods of the others. */
  async function untilDeleted(name: string): Promise<TestApplication> {
    const application = await deploy(name, { lingerSeconds: 6 });
    await startMigration(system.mtc, name, application.plan, { quiescePods: true });
    await untilHalted(system, application, name);
    await system.source.run(['-n', application.namespace, 'delete', 'cronjob', 'nightly']);
    return application;
  }

  it('fails no cutover, which names it', async () => {
    const application = await untilDeleted('gone');
    const migration = await ended('gone');
    expectSuccess(migration);
    expect(conditionOf(migration, 'WorkloadsMissingOnTarget')?.message).toContain('/nightly');
    expect(await application.replicas(system.target)).toBe(2);
  });

  it('keeps no other from coming back when the cutover is canceled, which names it', async () => {
    const application = await untilDeleted('gone-back');
    await mtc('patch', 'migmigration', 'gone-back', '--type=merge', '-p', '{"spec":{"canceled":true}}');
    const migration = await ended('gone-back');
    expect(conditionOf(migration, 'Canceled')).toBeDefined();
    expect(conditionOf(migration, 'WorkloadsGone')?.message).toContain('/nightly');
    expect(await application.replicas()).toBe(2);
  });
});

describe.concurrent('migrations of one plan at once', () => {
  it('that are created in one moment run one after the other', async () => {
    const application = await deploy('rush');
    const names = ['rush-1', 'rush-2', 'rush-3'];
    await Promise.all(names.map((name) => startMigration(system.mtc, name, application.plan, { stage: true })));
    const migrations = await Promise.all(names.map(ended));
    for (const migration of migrations) expectSuccess(migration);
    const runs = migrations
      .map(({ status }) => ({
        // Prepare waits for the turn, and then freezes the record.
        from: status?.pipeline?.find(({ name }) => name === 'Prepare')?.completed ?? '',
        to: status?.completionTimestamp ?? '',
      }))
      .sort((one, other) => one.to.localeCompare(other.to));
    expect(runs.slice(1).every(({ from }, index) => from >= (runs[index]?.to ?? ''))).toBe(true);
  });

  it('run one after the other, stages first', async () => {
    const application = await deploy('queue', { lingerSeconds: 6 });
    const start = (name: string, spec: object) =>
      startMigration(system.mtc, name, application.plan, spec as Record<string, unknown>);
    await start('queue-running', { quiescePods: true });
    await untilHalted(system, application, 'queue-running');
    await start('queue-final', { quiescePods: true });
    await until(
      'the final waits',
      async () => conditionOf(await readMigration(system.mtc, 'queue-final'), 'Postponed'),
      { seconds: 20, describe: async () => JSON.stringify(await readMigration(system.mtc, 'queue-final')) },
    );
    await start('queue-stage', { stage: true });
    await mtc('patch', 'migmigration', 'queue-running', '--type=merge', '-p', '{"spec":{"canceled":true}}');
    const [running, stage, final] = [
      await ended('queue-running'),
      await ended('queue-stage'),
      await ended('queue-final'),
    ];
    expect(conditionOf(running, 'Canceled')).toBeDefined();
    expectSuccess(stage);
    expectSuccess(final);
    const prepared = (migration: Migration) =>
      migration.status?.pipeline?.find(({ name }) => name === 'Prepare')?.completed;
    const times = [
      running.status?.completionTimestamp,
      prepared(stage),
      stage.status?.completionTimestamp,
      prepared(final),
    ];
    expect(times).toEqual([...times].sort());
  });
});
