import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeSchedule, triggerSchedule } from '../../activities/schedules/temporal-schedules.js';
import { conditionsOf } from '../../resources/meta/conditions.js';
import { ANNOTATIONS, LABELS, MIGRATION_FINALIZER, MIGRATION_NAMESPACE } from '../../resources/meta/labels.js';
import { cutoverScheduleId, scheduledWorkflowId, scheduleId } from '../../temporal/contract/workflow-ids.js';
import { ScheduleLab } from '../kit/temporal/schedule-lab.js';

let lab: ScheduleLab;

beforeAll(async () => {
  lab = await ScheduleLab.start();
});
afterAll(() => lab?.stop());

const soon = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString();
const temporalSchedule = (name: string) => lab.client.schedule.getHandle(scheduleId(MIGRATION_NAMESPACE, name));
const temporalCutover = (name: string) => lab.client.schedule.getHandle(cutoverScheduleId(MIGRATION_NAMESPACE, name));
const runNow = (name: string) => lab.annotate(name, ANNOTATIONS.runNow, 'now');
const suspend = (name: string, value: boolean) =>
  lab.edit('MigSchedule', name, (object) => {
    object.spec.suspend = value;
  });
const planCutover = (name: string, at: string) =>
  lab.edit('MigSchedule', name, (object) => {
    object.spec.cutover = { at, quiescePods: true, verify: false };
  });

const eventsOf = async (name: string): Promise<string[]> => {
  const { items } = await lab.store.resources.list({ kind: 'Event', fieldSelector: `involvedObject.name=${name}` });
  return items.filter(({ reason }) => reason === 'RunSkipped').map(({ message }) => message);
};

const until = <T>(read: () => Promise<T>) => expect.poll(read, { timeout: 45_000, interval: 100 });
const typesOf = async (name: string) => conditionsOf(await lab.get(name)).map(({ type }) => type);
const untilReady = (name: string) => until(() => typesOf(name)).toContain('Ready');
const untilMigrations = (plan: string, count: number) =>
  until(async () => (await lab.migrations(plan)).map(({ metadata }) => metadata.name)).toHaveLength(count);

/** Actions of one second are one, as far as Temporal can tell. */
const untilSecondAfter = async (at: string | undefined): Promise<void> => {
  const next = Date.parse(at ?? '') + 1_000;
  if (Date.now() < next) await pause(next - Date.now());
};

/** What became of the newest action that Temporal started, once `count` of them were. */
async function outcomeOfAction(name: string, count: number): Promise<string> {
  const actions = async () => (await temporalSchedule(name).describe()).info.recentActions;
  await until(actions).toHaveLength(count);
  const { action } = (await actions()).at(-1) ?? {};
  return lab.client.workflow.getHandle(action?.workflow.workflowId ?? '').result();
}

/** Until a cutover that is planned a second later than `at` has started: what Temporal does at `at` is done by then. */
async function untilAfter(at: string): Promise<void> {
  const name = `after-${randomBytes(4).toString('hex')}`;
  await begin(name, { cutover: { at: new Date(Date.parse(at) + 1_000).toISOString() } });
  await untilMigrations(name, 1);
}

/** A Ready plan and its schedule. */
async function begin(name: string, spec?: object): Promise<void> {
  await lab.plan(name);
  await lab.schedule(name, spec);
  await untilReady(name);
}

describe('a schedule', () => {
  it('is a Temporal Schedule that leaves out what overlaps, and says when it comes next', async () => {
    await begin('nightly', { schedule: '30 2 29 2 *', timeZone: 'Europe/Berlin', startingDeadlineSeconds: 120 });
    const { policies, state, info } = await temporalSchedule('nightly').describe();
    expect(policies).toMatchObject({ overlap: 'SKIP', catchupWindow: 120_000 });
    expect(state).toMatchObject({ paused: false, note: expect.stringContaining('openshift-migration/nightly') });
    const next = info.nextActionTimes[0]?.toISOString().replace('.000', '');
    expect(next).toMatch(/-02-29T01:30:00Z$/);
    expect((await lab.get('nightly')).status).toMatchObject({ nextScheduleTime: next, active: [] });
  });

  it('follows what is edited, and stands against what is changed in Temporal', async () => {
    await begin('edited');
    await lab.edit('MigSchedule', 'edited', (object) => {
      object.spec.schedule = '0 12 29 2 *';
    });
    await until(async () => (await lab.get('edited')).status?.nextScheduleTime).toMatch(/T12:00:00Z$/);
    await temporalSchedule('edited').pause('by hand');
    await lab.annotate('edited', 'note', 'look again');
    await until(async () => (await temporalSchedule('edited').describe()).state.paused).toBe(false);
    await temporalSchedule('edited').delete();
    await lab.annotate('edited', 'note', 'and again');
    await until(
      async () =>
        (
          await temporalSchedule('edited')
            .describe()
            .catch(() => undefined)
        )?.scheduleId,
    ).toBe(scheduleId(MIGRATION_NAMESPACE, 'edited'));
  });

  it('goes from Temporal when it is deleted, and comes back under the same name', async () => {
    await begin('passing', { cutover: { at: soon(3_600) } });
    await temporalCutover('passing').describe();
    await lab.remove('MigSchedule', 'passing');
    for (const handle of [temporalSchedule('passing'), temporalCutover('passing')]) {
      await until(async () => handle.describe().catch((error: unknown) => error)).toBeInstanceOf(ScheduleNotFoundError);
    }
    await lab.schedule('passing');
    await untilReady('passing');
    await temporalSchedule('passing').describe();
  });

  it('names a plan that is missing, and starts nothing', async () => {
    await lab.schedule('orphan');
    await until(() => typesOf('orphan')).toEqual(['InvalidPlanRef']);
    expect((await temporalSchedule('orphan').describe()).state.paused).toBe(true);
    await lab.plan('orphan');
    await untilReady('orphan');
    expect((await temporalSchedule('orphan').describe()).state.paused).toBe(false);
  });

  it('says what Temporal thinks of a time zone that only JavaScript knows', async () => {
    await lab.plan('strange');
    await lab.schedule('strange', { timeZone: 'PST' });
    await until(() => typesOf('strange')).toContain('InvalidSchedule');
    expect(conditionsOf(await lab.get('strange'))[0]?.message).toContain('unknown time zone PST');
  });
});

describe('a cron expression', () => {
  /** The times at which Temporal fires within some days, in UTC. */
  async function firing(name: string, spec: object, from: string, to: string): Promise<string[]> {
    await begin(name, { suspend: true, ...spec });
    // Encoded as it is, whatever the type wants.
    const at = (time: string) => ({ seconds: (Date.parse(time) / 1_000) as never });
    const { startTime } = await lab.client.workflowService.listScheduleMatchingTimes({
      namespace: lab.client.options.namespace,
      scheduleId: scheduleId(MIGRATION_NAMESPACE, name),
      startTime: at(from),
      endTime: at(to),
    });
    return startTime.map(({ seconds }) => new Date(Number(seconds) * 1_000).toISOString().slice(0, 16));
  }

  const november = ['2026-11-09T00:00:00Z', '2026-11-15T00:00:00Z'] as const;
  it.each([
    ['0 0 13 * wed', ['2026-11-11T00:00', '2026-11-13T00:00']],
    ['0 0 * * 7', ['2026-11-15T00:00']],
    ['0 0 * nov tue-thu', ['2026-11-10T00:00', '2026-11-11T00:00', '2026-11-12T00:00']],
    ['5/20 7-9/2 12 * *', ['07:05', '07:25', '07:45', '09:05', '09:25', '09:45'].map((time) => `2026-11-12T${time}`)],
    ['0 0 10-13/3,14 * *', ['2026-11-10T00:00', '2026-11-13T00:00', '2026-11-14T00:00']],
    ['@weekly', ['2026-11-15T00:00']],
  ])('%j fires in Temporal when a CronJob would', async (cron, times) => {
    const name = `cron-${cron.replaceAll(/[^a-z0-9]+/g, '-')}-x`.replaceAll('--', '-');
    expect(await firing(name, { schedule: cron }, ...november)).toEqual(times);
  });

  it('leaves out a time that the clocks leave out, and fires once at one that comes twice', async () => {
    const spec = { schedule: '30 2 * * *', timeZone: 'Europe/Berlin' };
    const spring = await firing('spring', spec, '2027-03-27T00:00:00Z', '2027-03-30T00:00:00Z');
    expect(spring).toEqual(['2027-03-27T01:30', '2027-03-29T00:30']);
    const autumn = await firing('autumn', spec, '2026-10-24T00:00:00Z', '2026-10-27T00:00:00Z');
    expect(autumn).toEqual(['2026-10-24T00:30', '2026-10-25T01:30', '2026-10-26T01:30']);
  });
});

describe('a run that is asked for', () => {
  it('is a stage migration as the API would have stored it, once', async () => {
    await begin('shop', { runAsUser: 1000 });
    await runNow('shop');
    await untilMigrations('shop', 1);
    const [migration] = await lab.migrations('shop');
    const at = migration?.metadata.annotations?.[ANNOTATIONS.scheduledAt] ?? '';
    expect(Date.now() - Date.parse(at)).toBeLessThan(30_000);
    const time = at.replaceAll(/[-:Z]/g, '').replace('T', '-').replace(/00$/, '');
    expect(migration?.metadata).toMatchObject({
      name: `shop-${time}`,
      labels: { [LABELS.scheduleName]: 'shop' },
      finalizers: [MIGRATION_FINALIZER],
    });
    expect(migration?.spec).toMatchObject({
      migPlanRef: { name: 'shop', namespace: MIGRATION_NAMESPACE },
      stage: true,
      quiescePods: false,
      runAsUser: 1000,
    });
    await until(async () => (await lab.get('shop')).status).toMatchObject({
      active: [migration?.metadata.name],
      lastScheduleTime: at,
    });
    const { metadata, status } = await lab.get('shop');
    expect(metadata.annotations).toBeUndefined();
    expect(status?.runRequest).toBeUndefined();
  });

  it('is left out while the one before still runs, as one that Temporal starts by itself', async () => {
    await runNow('shop');
    await until(() => eventsOf('shop')).toEqual([expect.stringMatching(/left out: MigMigration shop-\S+ still runs/)]);
    await temporalSchedule('shop').trigger(ScheduleOverlapPolicy.SKIP);
    await until(async () => (await temporalSchedule('shop').describe()).info.numActionsSkippedOverlap).toBe(1);
    const [running, ...others] = await lab.migrations('shop');
    expect(others).toEqual([]);
    await lab.end(running?.metadata.name ?? '', 'Succeeded');
    await until(async () => (await lab.get('shop')).status?.active).toEqual([]);
    const { status } = await lab.get('shop');
    expect(status?.lastSuccessfulTime).toBeDefined();
    await untilSecondAfter(status?.lastScheduleTime);
    await runNow('shop');
    await untilMigrations('shop', 2);
  });

  it('is left out while one that was retried runs', async () => {
    await begin('retried');
    await runNow('retried');
    await untilMigrations('retried', 1);
    const name = (await lab.migrations('retried'))[0]?.metadata.name ?? '';
    await lab.end(name, 'Failed');
    await until(async () => (await temporalSchedule('retried').describe()).info.runningActions).toEqual([]);
    await lab.edit('MigMigration', name, (object) => {
      object.metadata.finalizers = [MIGRATION_FINALIZER];
      object.status = { phase: 'Created', conditions: [] };
    });
    await untilSecondAfter((await lab.get('retried')).status?.lastScheduleTime);
    // As one that Temporal starts by itself: what is asked for is left out before.
    await temporalSchedule('retried').trigger();
    expect(await outcomeOfAction('retried', 2)).toBe(`MigMigration ${name} of the schedule has not ended.`);
    expect(await lab.migrations('retried')).toHaveLength(1);
  });

  it('starts one migration however often the request is passed on', async () => {
    await begin('repeated');
    const id = scheduleId(MIGRATION_NAMESPACE, 'repeated');
    await triggerSchedule(lab.client, id, 'request-1');
    await untilMigrations('repeated', 1);
    const [made] = await lab.migrations('repeated');
    await lab.end(made?.metadata.name ?? '', 'Succeeded');
    await until(async () => (await temporalSchedule('repeated').describe()).info.runningActions).toEqual([]);
    await untilSecondAfter((await lab.get('repeated')).status?.lastScheduleTime);
    await triggerSchedule(lab.client, id, 'request-1');
    expect(await lab.migrations('repeated')).toHaveLength(1);
    // Temporal does what it is told in turn: once this one has started, the one before would have.
    await triggerSchedule(lab.client, id, 'request-2');
    await untilMigrations('repeated', 2);
    const { info } = await temporalSchedule('repeated').describe();
    expect(info).toMatchObject({ numActionsTaken: 2, numActionsSkippedOverlap: 0 });
  });

  it('leaves as many migrations behind as the limits say', async () => {
    await begin('limited', { successfulMigrationsHistoryLimit: 1, failedMigrationsHistoryLimit: 1 });
    const kept: string[] = [];
    for (const outcome of ['Succeeded', 'Failed', 'Succeeded', 'Canceled'] as const) {
      await untilSecondAfter((await lab.get('limited')).status?.lastScheduleTime);
      await runNow('limited');
      const running = async () => (await lab.get('limited')).status?.active ?? [];
      await until(running).toHaveLength(1);
      const [name = ''] = await running();
      await lab.end(name, outcome);
      await until(running).toEqual([]);
      kept.push(name);
    }
    await until(async () => (await lab.migrations('limited')).map(({ metadata }) => metadata.name)).toEqual(
      kept.slice(2),
    );
  });
});

describe('a schedule that is suspended', () => {
  it('makes nothing, not even when Temporal is told to', async () => {
    await begin('resting', { suspend: true });
    const { state } = await temporalSchedule('resting').describe();
    expect(state).toMatchObject({ paused: true, note: expect.stringContaining('spec.suspend is true') });
    expect((await lab.get('resting')).status?.nextScheduleTime).toBeUndefined();
    await temporalSchedule('resting').trigger();
    expect(await outcomeOfAction('resting', 1)).toContain('spec.suspend is true');
    expect(await lab.migrations('resting')).toEqual([]);
  });

  it('does so by itself once the application has moved, and continues after a rollback', async () => {
    await begin('moved');
    await lab.put('MigMigration', 'by-hand', { migPlanRef: { name: 'moved' } });
    await lab.end('by-hand', 'Succeeded');
    await runNow('moved');
    await until(() => typesOf('moved')).toContain('Suspended');
    expect(conditionsOf(await lab.get('moved'))[0]).toMatchObject({
      reason: 'ApplicationMoved',
      message: expect.stringContaining('MigMigration by-hand was the cutover of MigPlan moved'),
    });
    expect((await temporalSchedule('moved').describe()).state.paused).toBe(true);
    expect(await lab.migrations('moved')).toHaveLength(1);
    await lab.remove('MigMigration', 'by-hand');
    await lab.annotate('moved', 'note', 'look again');
    await until(async () => (await temporalSchedule('moved').describe()).state.paused).toBe(false);
  });
});

// Each waits for a time of its own.
describe('a planned cutover', () => {
  it('starts once at its time, takes its outcome from its migration, and leaves nothing in Temporal', async () => {
    const at = soon(10);
    await begin('cutover', { schedule: undefined, cutover: { at, verify: true } });
    const planned = at.replace(/\.\d+Z$/, 'Z');
    expect((await lab.get('cutover')).status?.cutover).toEqual({ at: planned, state: 'Planned' });
    await untilMigrations('cutover', 1);
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(planned));
    const [migration] = await lab.migrations('cutover');
    expect(migration?.metadata.name).toMatch(/^cutover-cutover-\d{8}-\d{4}(\d\d)?$/);
    expect(migration?.spec).toMatchObject({ stage: false, quiescePods: true, verify: true });
    const name = migration?.metadata.name ?? '';
    await until(async () => (await lab.get('cutover')).status).toMatchObject({
      active: [name],
      cutover: { at: planned, state: 'Running', migration: name },
    });
    await lab.end(name, 'Succeeded');
    await until(async () => (await lab.get('cutover')).status?.cutover?.state).toBe('Succeeded');
    await until(() =>
      temporalCutover('cutover')
        .describe()
        .catch((error: unknown) => error),
    ).toBeInstanceOf(ScheduleNotFoundError);
    expect(await typesOf('cutover')).toContain('Suspended');
    const workflow = `${scheduledWorkflowId(MIGRATION_NAMESPACE, 'cutover', true)}-${planned}`;
    expect(await lab.client.workflow.getHandle(workflow).result()).toBe(`MigMigration ${name} succeeded.`);
  });

  it('can be planned again after its migration was deleted', async () => {
    await begin('deleted', { schedule: undefined, cutover: { at: soon(5) } });
    await untilMigrations('deleted', 1);
    const [migration] = await lab.migrations('deleted');
    await until(async () => (await lab.get('deleted')).status?.cutover?.state).toBe('Running');
    const name = migration?.metadata.name ?? '';
    // Gone at once: one without its finalizer that is still there has ended, and failed.
    await lab.remove('MigMigration', name);
    await lab.edit('MigMigration', name, ({ metadata }) => {
      metadata.finalizers = [];
    });
    await until(async () => (await lab.get('deleted')).status?.cutover?.state).toBe('Canceled');
    await planCutover('deleted', '2099-01-01T00:00:00');
    await until(async () => (await lab.get('deleted')).status?.cutover?.state).toBe('Planned');
  });

  it('has failed when another object has taken the name of its migration', async () => {
    const at = soon(8);
    const minute = at.slice(0, 16).replaceAll(/[-:]/g, '').replace('T', '-');
    for (const name of [minute, `${minute}${at.slice(17, 19)}`]) {
      await lab.put('MigMigration', `taken-cutover-${name}`, { migPlanRef: { name: 'another' } });
    }
    await begin('taken', { schedule: undefined, cutover: { at } });
    await until(async () => (await lab.get('taken')).status?.cutover?.state).toBe('Failed');
    await until(() => typesOf('taken')).toContain('CutoverFailed');
  });

  it('does not start at a time that it was moved away from', async () => {
    const at = soon(12);
    await begin('postponed', { cutover: { at } });
    await planCutover('postponed', '2099-01-01T00:00:00');
    await until(async () => (await lab.get('postponed')).status?.cutover?.at).toBe('2099-01-01T00:00:00Z');
    await untilAfter(at);
    expect(await lab.migrations('postponed')).toEqual([]);
    await planCutover('postponed', soon(5));
    await untilMigrations('postponed', 1);
  });

  it('starts late, within its deadline, when the schedule was suspended or Temporal away at its time', async () => {
    const at = soon(4);
    await begin('late', { suspend: true, cutover: { at } });
    await untilAfter(at);
    expect(await lab.migrations('late')).toEqual([]);
    await suspend('late', false);
    await untilMigrations('late', 1);
    const [made] = await lab.migrations('late');
    await removeSchedule(lab.client, cutoverScheduleId(MIGRATION_NAMESPACE, 'late'));
    await lab.annotate('late', 'note', 'look again');
    await lab.end(made?.metadata.name ?? '', 'Failed');
    await until(async () => (await lab.get('late')).status?.cutover?.state).toBe('Failed');
    expect(await typesOf('late')).toContain('CutoverFailed');
    expect(await lab.migrations('late')).toHaveLength(1);
  });

  it('is not held up by a stage that is due at the same time', async () => {
    await begin('both', { cutover: { at: soon(5) } });
    await untilMigrations('both', 1);
    await runNow('both');
    expect(await outcomeOfAction('both', 1)).toMatch(/^The cutover of .* is due\.$|has not ended\.$/);
    expect((await lab.migrations('both')).map(({ spec }) => spec.stage)).toEqual([false]);
  });
});
