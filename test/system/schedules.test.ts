import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Migration, NAMESPACE, readMigration, untilEnded, untilReady } from '../../lab/client/migrations.js';
import { until } from '../../lab/client/until.js';
import type { MigSchedule } from '../../resources/kinds/index.js';
import { scheduleId } from '../../temporal/contract/workflow-ids.js';
import { TestApplication } from '../kit/cluster/test-application.js';
import { limitBandwidth, untilMidCopy } from '../kit/system/mid-run.js';
import { OwnSystem } from '../kit/system/own-system.js';

const MEGABYTES = 16;
/** The copy takes some ten seconds. */
const SLOW_KIBIBYTES = 1_500;
const NAME = 'shop';
const RUN = `/apis/migration.openshift.io/v1alpha1/namespaces/${NAMESPACE}/migschedules/${NAME}/run`;

let system: OwnSystem;
let application: TestApplication;

beforeAll(async () => {
  system = await OwnSystem.start();
  application = await TestApplication.deploy(system, 'schedule', { megabytes: MEGABYTES });
  await system.mtc.apply(
    JSON.stringify({
      apiVersion: 'migration.openshift.io/v1alpha1',
      kind: 'MigSchedule',
      metadata: { name: NAME, namespace: NAMESPACE },
      spec: { migPlanRef: { name: application.plan }, schedule: '30 2 29 2 *', timeZone: 'Europe/Berlin' },
    }),
  );
  await untilReady(system.mtc, 'migschedule', NAME);
});

afterAll(async () => {
  if (system === undefined) return;
  await application?.remove();
  await system.stop();
});

const read = (): Promise<MigSchedule> => system.mtc.get<MigSchedule>('migschedule', NAME, '-n', NAMESPACE);
const runNow = (): Promise<string> => system.mtc.run(['create', '--raw', RUN, '-f', '/dev/null']);
const active = (): Promise<string[]> => read().then(({ status }) => status?.active ?? []);
const describeSchedule = (): Promise<string> => system.mtc.run(['-n', NAMESPACE, 'describe', 'migschedule', NAME]);
const migrations = async (): Promise<string[]> => {
  const { items } = await system.mtc.get<{ items: Migration[] }>('migmigrations', '-n', NAMESPACE);
  return items.map(({ metadata }) => metadata.name);
};
const untilActive = (): Promise<string> =>
  until(`a migration of MigSchedule ${NAME} runs`, async () => (await active())[0], {
    seconds: 30,
    describe: describeSchedule,
  });
const hasCondition = ({ status }: Pick<Migration, 'status'>, type: string): boolean =>
  status?.conditions?.some((condition) => condition.type === type) ?? false;

describe('a schedule', () => {
  it('copies ahead when it is told to, and leaves out a run while one is under way', async () => {
    await limitBandwidth(system, SLOW_KIBIBYTES);
    await runNow();
    const stage = await untilActive();
    await untilMidCopy(system, stage);
    await runNow();
    await until(
      'the run is left out',
      async () => /RunSkipped.*still runs/.test(await describeSchedule()) || undefined,
      {
        seconds: 20,
        describe: describeSchedule,
      },
    );
    // As at a time of the schedule: Temporal itself sees that the action before has not ended.
    const handle = system.temporalClient.schedule.getHandle(scheduleId(NAMESPACE, NAME));
    await handle.trigger('SKIP');
    await expect.poll(async () => (await handle.describe()).info.numActionsSkippedOverlap, { timeout: 10_000 }).toBe(1);
    expect(await migrations()).toEqual([stage]);

    const ended = await untilEnded(system.mtc, stage, { seconds: 120 });
    expect(ended.status).toMatchObject({ itinerary: 'Stage' });
    expect(hasCondition(ended, 'Succeeded')).toBe(true);
    await until('the schedule knows', async () => (await read()).status?.lastSuccessfulTime, { seconds: 30 });
    expect(await active()).toEqual([]);
  });

  it('cuts over at the planned time, and rests from then on', async () => {
    await limitBandwidth(system, 0);
    const at = new Date(Date.now() + 8_000).toISOString();
    const patch = JSON.stringify({ spec: { cutover: { at } } });
    await system.mtc.run(['-n', NAMESPACE, 'patch', 'migschedule', NAME, '--type=merge', '-p', patch]);
    const cutover = await untilActive();
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(at) - 1_000);
    const moved = system.mtc.run([
      ...['-n', NAMESPACE, 'patch', 'migschedule', NAME, '--type=merge'],
      ...['-p', JSON.stringify({ spec: { cutover: { at: '2099-01-01T00:00:00' } } })],
    ]);
    await expect(moved).rejects.toThrow(/spec\.cutover.*has started/);

    const ended = await untilEnded(system.mtc, cutover, { seconds: 180 });
    expect(hasCondition(ended, 'Succeeded')).toBe(true);
    expect(ended.status).toMatchObject({ itinerary: 'Final' });
    expect(await application.replicas(system.target)).toBe(2);
    expect(await application.replicas(system.source)).toBe(0);
    const schedule = await until(
      'the schedule rests',
      async () => {
        const found = await read();
        return found.status?.conditions?.some(({ type }) => type === 'Suspended') ? found : undefined;
      },
      { seconds: 30, describe: describeSchedule },
    );
    expect(schedule.status?.cutover).toMatchObject({ state: 'Succeeded', migration: cutover });
    await expect(runNow()).rejects.toThrow(/suspended.*was the cutover of MigPlan/);
    expect((await readMigration(system.mtc, cutover))?.metadata.name).toMatch(/^shop-cutover-\d{8}-\d{4}/);
  });

  it('goes with its plan, its migrations first', async () => {
    await system.mtc.run(['-n', NAMESPACE, 'delete', 'migplan', application.plan, '--timeout=120s']);
    expect(await migrations()).toEqual([]);
    const left = await system.mtc.run(['-n', NAMESPACE, 'get', 'migschedules', '-o', 'name']);
    expect(left).toBe('');
    const handle = system.temporalClient.schedule.getHandle(scheduleId(NAMESPACE, NAME));
    await expect
      .poll(() => handle.describe().catch(({ name }: Error) => name), { timeout: 10_000 })
      .toBe('ScheduleNotFoundError');
  });
});
