import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  expectSuccess,
  type Migration,
  NAMESPACE,
  readMigration,
  startMigration,
} from '../../../lab/client/migrations.js';
import { until } from '../../../lab/client/until.js';
import { helpersLeft } from '../../kit/cluster/helpers-left.js';
import { TestApplication, type TestApplicationOptions } from '../../kit/cluster/test-application.js';
import {
  conditionOf,
  limitBandwidth,
  untilHalted,
  untilMidCopy,
  untilOver,
  workflowIdOf,
} from '../../kit/system/mid-run.js';
import { searchEverywhere } from '../../kit/system/search-everywhere.js';
import { SharedSystem } from '../../kit/system/shared-system.js';
import { fromEnvironment, type System } from '../../kit/system/system.js';

const MEGABYTES = 24;
const KIBIBYTES_PER_SECOND = 4 * 1_024;

let system: SharedSystem;
const applications: TestApplication[] = [];

beforeAll(async () => {
  system = await SharedSystem.attach();
  await limitBandwidth(system, KIBIBYTES_PER_SECOND);
});

afterAll(async () => {
  await Promise.all(applications.map((application) => application.remove()));
  await system?.stop();
});

interface Stopped {
  application: TestApplication;
  /** What users had set on the source's workloads before the run. */
  before: Record<string, string>;
  migration: Migration;
}

/** Deploys an application and starts a migration of its name. */
async function begin(name: string, options: TestApplicationOptions, spec: object): Promise<Stopped> {
  // What is written last is left for the pass that follows quiesce.
  const application = await TestApplication.deploy(system, name, { ...options, writesLast: true });
  applications.push(application);
  const before = await application.userState();
  await startMigration(system.mtc, name, application.plan, { ...spec });
  return { application, before, migration: await untilMidRun(name, application, options, spec) };
}

/** With a volume: in the last pass of its copy, or the only one. Without: while the halted pods still end. */
function untilMidRun(name: string, application: TestApplication, { megabytes }: TestApplicationOptions, spec: object) {
  if (megabytes === undefined) return untilHalted(system, application, name);
  return untilMidCopy(system, name, 'stage' in spec ? 'pre-copy' : 'final');
}

const ended = (name: string): Promise<Migration> => untilOver(system, name);

async function expectAsBefore({ application, before, migration }: Stopped): Promise<void> {
  expect(await application.userState()).toEqual(before);
  expect(await helpersLeft(system, migration.metadata.uid)).toEqual([]);
  expect((await application.replicas(system.target)) ?? 0).toBe(0);
}

describe.concurrent('a migration canceled', () => {
  it('in mid-copy leaves the source alone', async () => {
    const stopped = await begin('cancel-stage', { megabytes: MEGABYTES }, { stage: true });
    await cancel('cancel-stage', stopped);
    expect(conditionOf(await ended('cancel-stage'), 'Canceled')?.message).toContain('not touched');
    await expectAsBefore(stopped);
  });

  it('in the copy after quiesce brings the source back within 15 s', async () => {
    const stopped = await begin('cancel-final', { megabytes: MEGABYTES }, { quiescePods: true });
    expect(await stopped.application.replicas()).toBe(0);
    await cancel('cancel-final', stopped);
    expect(conditionOf(await ended('cancel-final'), 'Canceled')?.message).toContain('started again');
    await expectAsBefore(stopped);
  });

  it('while its pods still end brings the source back within 15 s', async () => {
    const stopped = await begin('cancel-halted', { lingerSeconds: 10 }, { quiescePods: true });
    await cancel('cancel-halted', stopped);
    expect(conditionOf(await ended('cancel-halted'), 'Canceled')?.message).toContain('started again');
    await expectAsBefore(stopped);
  });
});

describe.concurrent('a migration whose workflow is terminated', () => {
  it('in mid-copy of a stage is closed, and the plan is free', async () => {
    const stopped = await begin('lost-stage', { megabytes: MEGABYTES }, { stage: true });
    await expectRecovery('lost-stage', stopped, 'not touched');
    await startMigration(system.mtc, 'lost-stage-next', stopped.application.plan, { stage: true });
    expectSuccess(await ended('lost-stage-next'));
  });

  it('in the copy after quiesce gives the source back', async () => {
    const stopped = await begin('lost-final', { megabytes: MEGABYTES }, { quiescePods: true });
    await expectRecovery('lost-final', stopped, 'started again');
  });

  it('while its pods still end gives the source back, and the plan is free', async () => {
    const stopped = await begin('lost-halted', { lingerSeconds: 10 }, { quiescePods: true });
    await expectRecovery('lost-halted', stopped, 'started again');
    await startMigration(system.mtc, 'lost-halted-next', stopped.application.plan, { quiescePods: true });
    expectSuccess(await ended('lost-halted-next'));
    expect(await stopped.application.replicas(system.target)).toBe(2);
  });
});

// After the others: in the logs and histories of runs that failed, were canceled and succeeded.
describe('a secret', () => {
  it('has shown up nowhere', async () => {
    const [application] = applications as [TestApplication];
    const { plan, ...secrets } = await searchEverywhere(system, {
      application: application.secret,
      'object store': fromEnvironment('S3_SECRET_KEY'),
      source: await clusterToken(system.source),
      target: await clusterToken(system.target),
      // No secret: shows that it would have been found.
      plan: application.plan,
    });
    for (const [kind, places] of Object.entries(plan)) expect(places, kind).not.toEqual([]);
    for (const [name, places] of Object.entries(secrets)) {
      expect(places, name).toEqual({ table: [], file: [], history: [], reply: [] });
    }
  });
});

/** Cancels as a user does and sees what is promised of the time it takes. */
async function cancel(name: string, { application, before }: Stopped): Promise<void> {
  const patch = '{"spec":{"canceled":true}}';
  await system.mtc.run(['-n', NAMESPACE, 'patch', 'migmigration', name, '--type=merge', '-p', patch]);
  await until(
    'it says that it is being canceled',
    async () => {
      const migration = await readMigration(system.mtc, name);
      return conditionOf(migration, 'Canceling') ?? conditionOf(migration, 'Canceled');
    },
    { seconds: 2 },
  );
  const asBefore = async () => JSON.stringify(await application.userState()) === JSON.stringify(before) || undefined;
  await until('the source is as before', asBefore, { seconds: 13 });
}

async function expectRecovery(name: string, stopped: Stopped, outcome: string): Promise<void> {
  await system.temporalClient.workflow.getHandle(workflowIdOf(stopped.migration)).terminate('by a test');
  const failed = conditionOf(await ended(name), 'Failed');
  expect(failed?.message).toContain('was terminated');
  expect(failed?.message).toContain(outcome);
  await expectAsBefore(stopped);
}

/** The token that the system was given for a cluster. */
async function clusterToken(cluster: System['source']): Promise<string> {
  const { items } = await cluster.get<{ items: { type: string; data: { token: string } }[] }>(
    'secrets',
    '-n',
    'openshift-migration',
  );
  const token = items.find(({ type }) => type === 'kubernetes.io/service-account-token')?.data.token;
  return Buffer.from(token ?? '', 'base64').toString();
}
