import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Kubectl } from '../../lab/client/kubectl.js';
import { type Migration, NAMESPACE, readMigration, startMigration, untilReady } from '../../lab/client/migrations.js';
import { until } from '../../lab/client/until.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { helpersLeft } from '../kit/cluster/helpers-left.js';
import { ACCOUNT, encoded, hookPlace, tellingPlaybook } from '../kit/cluster/hook-lab.js';
import { TestApplication } from '../kit/cluster/test-application.js';
import { conditionOf, untilOver } from '../kit/system/mid-run.js';
import { SharedSystem } from '../kit/system/shared-system.js';
import { fromEnvironment } from '../kit/system/system.js';

const tools = `hooks-tools-${randomBytes(2).toString('hex')}`;
const ends = encoded('- hosts: localhost\n  gather_facts: false\n  tasks:\n  - debug: {msg: warmed up}\n');
const hangs = encoded('- hosts: localhost\n  gather_facts: false\n  tasks:\n  - pause: {seconds: 600}\n');

let system: SharedSystem;
const applications: TestApplication[] = [];

beforeAll(async () => {
  system = await SharedSystem.attach();
  const place = (labels?: Record<string, string>) =>
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: hookPlace(tools, labels) });
  await system.source.apply(place());
  await system.target.apply(place({}));
});

afterAll(async () => {
  await Promise.all(applications.map((application) => application.remove()));
  const remove = (cluster: Kubectl) =>
    cluster.run(['delete', 'namespace', tools, '--ignore-not-found', '--wait=false']);
  await Promise.all([system.source, system.target].map(remove));
  await system?.stop();
});

type PlanHook = Record<'phase' | 'executionNamespace' | 'serviceAccount', string> & { hook: Record<string, unknown> };

/** An application with a plan that has these hooks. */
async function deploy(
  name: string,
  hooksOf: (application: TestApplication) => PlanHook[],
): Promise<{ application: TestApplication; before: Record<string, string> }> {
  const application = await TestApplication.deploy(system, name);
  applications.push(application);
  const before = await application.userState();
  const hooks: object[] = [];
  for (const { hook, ...use } of hooksOf(application)) {
    const metadata = { name: `${name}-${use.phase.toLowerCase()}`, namespace: NAMESPACE };
    await system.mtc.apply(
      JSON.stringify({ apiVersion: 'migration.openshift.io/v1alpha1', kind: 'MigHook', metadata, spec: hook }),
    );
    await untilReady(system.mtc, 'mighook', metadata.name);
    hooks.push({ ...use, reference: metadata });
  }
  await system.plan(application.plan, [application.namespace], { hooks });
  return { application, before };
}

const place = { executionNamespace: tools, serviceAccount: ACCOUNT };

async function start(name: string, application: TestApplication): Promise<void> {
  await startMigration(system.mtc, name, application.plan, { quiescePods: true });
}

async function expectAsBefore(migration: Migration, application: TestApplication, before: Record<string, string>) {
  expect(await application.userState()).toEqual(before);
  expect((await application.replicas(system.target)) ?? 0).toBe(0);
  expect(await helpersLeft(system, migration.metadata.uid)).toEqual([]);
}

describe.concurrent('the hooks of a plan', () => {
  it('run in their phases, each where it should; one that may fail is a warning', async () => {
    const name = 'hooks-all';
    const { application } = await deploy(name, ({ namespace }) => [
      { phase: 'PreBackup', ...place, hook: { targetCluster: 'source', playbook: encoded(tellingPlaybook(tools)) } },
      {
        phase: 'PostBackup',
        ...place,
        hook: { targetCluster: 'source', playbook: hangs, activeDeadlineSeconds: 5, onFailure: 'Ignore' },
      },
      {
        phase: 'PreRestore',
        ...place,
        hook: { targetCluster: 'destination', custom: true, image: fromEnvironment('HOOK_RUNNER_IMAGE') },
      },
      // The namespace and its account come with the migration.
      {
        phase: 'PostRestore',
        executionNamespace: namespace,
        serviceAccount: 'default',
        hook: { targetCluster: 'destination', playbook: ends },
      },
    ]);
    await start(name, application);
    const migration = await untilOver(system, name, 240);
    expect(conditionOf(migration, 'SucceededWithWarnings')).toBeDefined();
    expect(conditionOf(migration, 'HookFailed')).toMatchObject({
      category: 'Warn',
      reason: 'PostBackup',
      message: expect.stringContaining('It ran longer than its activeDeadlineSeconds, 5 s.'),
    });
    const steps = migration.status?.pipeline?.map((step) => step.name) ?? [];
    expect(steps.filter((step) => step.endsWith('Hooks'))).toEqual([
      'PreBackupHooks',
      'PostBackupHooks',
      'PreRestoreHooks',
      'PostRestoreHooks',
    ]);

    const told = await system.source.get<KubeObject>('configmap', 'told', '-n', tools);
    expect(told.data).toMatchObject({ namespaces: application.namespace, plan: application.plan, account: ACCOUNT });
    const path = `/apis/migration.openshift.io/v1alpha1/namespaces/${NAMESPACE}/migmigrations/${name}/log`;
    const log = await system.mtc.run(['get', '--raw', path]);
    expect(log).toContain('the cluster has configmap/told');
    expect(log).toContain('ansible [core');
    expect(log).toContain('warmed up');
    expect(await application.replicas(system.target)).toBe(2);
    expect(await helpersLeft(system, migration.metadata.uid)).toEqual([]);
  });

  it('bring the source back when one fails before the commit point', async () => {
    const name = 'hooks-fail';
    const { application, before } = await deploy(name, () => [
      { phase: 'PreRestore', ...place, hook: { targetCluster: 'source', playbook: hangs, activeDeadlineSeconds: 5 } },
    ]);
    await start(name, application);
    const migration = await untilOver(system, name, 240);
    expect(conditionOf(migration, 'Failed')).toBeDefined();
    expect(migration.status?.errors?.join(' ')).toContain(`Hook ${name}-prerestore (PreRestore) failed`);
    await expectAsBefore(migration, application, before);
  });

  it('are stopped when the migration is canceled', async () => {
    const name = 'hooks-cancel';
    const { application, before } = await deploy(name, () => [
      { phase: 'PreBackup', ...place, hook: { targetCluster: 'source', playbook: hangs } },
    ]);
    await start(name, application);
    const running = await until(
      'the hook runs',
      async () => {
        const migration = await readMigration(system.mtc, name);
        const pods = migration && (await hookPods(migration.metadata.uid));
        return pods?.some(({ status }) => status.phase === 'Running') ? migration : undefined;
      },
      { seconds: 120, describe: async () => JSON.stringify((await readMigration(system.mtc, name))?.status) },
    );
    const cancel = [
      '-n',
      NAMESPACE,
      'patch',
      `migmigration/${name}`,
      '--type=merge',
      '-p',
      '{"spec":{"canceled":true}}',
    ];
    await system.mtc.run(cancel);
    const migration = await untilOver(system, name, 60);
    expect(conditionOf(migration, 'Canceled')).toBeDefined();
    expect(await hookPods(running.metadata.uid)).toEqual([]);
    await expectAsBefore(migration, application, before);
  });
});

const hookPods = async (uid: string): Promise<KubeObject[]> =>
  (await system.source.get<{ items: KubeObject[] }>('pods', '-n', tools, '-l', `owner=${uid}`)).items;
