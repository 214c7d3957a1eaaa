import { describe, expect, it } from 'vitest';
import type { MigPlan, MigSchedule } from '../kinds/index.js';
import { migMigration } from '../kinds/mig-migration.js';
import { migSchedule } from '../kinds/mig-schedule.js';
import { newObject } from '../kinds/new-object.js';
import { validateSchedule } from '../kinds/validate.js';
import type { ConditionTypeOf } from '../meta/catalogue/index.js';
import { type ConditionFinding, mergeConditions } from '../meta/conditions.js';
import type { KubeObject } from '../meta/kube-object.js';
import { ANNOTATIONS, MIGRATION_FINALIZER } from '../meta/labels.js';
import type { PlanMigration } from '../plan/plan-migration.js';
import { cutoverFindings, cutoverState, isDue } from './cutover-state.js';
import { beyondLimits, scheduledMigrationOf, scheduledName } from './scheduled-migration.js';
import { suspensionOf } from './suspension.js';

const NOW = new Date('2026-11-01T00:00:00Z');

const schedule = (spec: object = {}, status?: object): MigSchedule => {
  const wanted = { migPlanRef: { name: 'shop' }, schedule: '0 * * * *', ...spec };
  return { ...newObject(migSchedule, { metadata: { name: 'nightly' }, spec: wanted }), status } as MigSchedule;
};

const migration = (name: string, at: string, outcome?: ConditionTypeOf<'Advisory'>): KubeObject => {
  const metadata = { name, annotations: { [ANNOTATIONS.scheduledAt]: at }, finalizers: [MIGRATION_FINALIZER] };
  const findings: ConditionFinding[] = outcome ? [{ type: outcome, category: 'Advisory', message: '' }] : [];
  return {
    apiVersion: 'v1',
    kind: 'MigMigration',
    metadata: outcome ? { ...metadata, finalizers: [] } : metadata,
    spec: {},
    status: { conditions: mergeConditions([], findings, at) },
  };
};

describe('the name of a scheduled migration', () => {
  it.each([
    ['2026-11-29T02:00:00Z', false, 'nightly-20261129-0200'],
    ['2026-11-29T02:00:40.7Z', false, 'nightly-20261129-020040'],
    ['2026-11-29T00:00:00Z', true, 'nightly-cutover-20261129-0000'],
  ])('of %s (cutover: %s) is %s', (at, cutover, name) => {
    expect(scheduledName('nightly', new Date(at), cutover)).toBe(name);
  });

  it('of a schedule with the longest name there can be is a name', () => {
    const at = new Date('2026-11-29T02:00:40Z');
    const longest = 'x'.repeat(229);
    expect(scheduledName(longest, at, true).length).toBeLessThanOrEqual(253);
    const tooLong = { ...schedule(), metadata: { name: `${longest}x` } };
    expect(validateSchedule(tooLong, undefined, NOW)).toMatchObject([{ field: 'metadata.name' }]);
  });
});

describe('a scheduled migration', () => {
  it('has what the API would have filled in', () => {
    const wanted = schedule({ runAsRoot: true, cutover: { at: '2027-01-01T00:00:00', quiescePods: false } });
    const made = (cutover: boolean) => newObject(migMigration, scheduledMigrationOf(wanted, NOW, cutover));
    expect(made(false).metadata.finalizers).toEqual([MIGRATION_FINALIZER]);
    expect(made(false).spec).toMatchObject({ stage: true, quiescePods: false, canceled: false, runAsRoot: true });
    expect(made(true).spec).toMatchObject({ stage: false, quiescePods: false, verify: false, runAsRoot: true });
  });

  it('of volumes alone is a state migration that halts nothing until the cutover', () => {
    const wanted = schedule({ migrateState: true, cutover: { at: '2027-01-01T00:00:00' } });
    const spec = (cutover: boolean) => newObject(migMigration, scheduledMigrationOf(wanted, NOW, cutover)).spec;
    expect(spec(false)).toMatchObject({ stage: false, migrateState: true, quiescePods: false });
    expect(spec(true)).toMatchObject({ stage: false, migrateState: true, quiescePods: true });
  });
});

describe('the history limits', () => {
  const hours = (objects: KubeObject[]) => objects.map(({ metadata }) => metadata.name.slice(-4, -2)).sort();
  const copy = (hour: string, outcome?: ConditionTypeOf<'Advisory'>): KubeObject => {
    const at = `2026-11-01T${hour}:00:00Z`;
    return migration(scheduledName('nightly', new Date(at), false), at, outcome);
  };
  const history = [
    copy('00', 'Succeeded'),
    copy('01', 'Failed'),
    copy('02', 'SucceededWithWarnings'),
    copy('03', 'Canceled'),
    copy('04', 'Succeeded'),
    copy('05'),
    migration('nightly-cutover-20261101-0030', '2026-11-01T00:30:00Z', 'Succeeded'),
  ];
  it.each([
    [3, 3, []],
    [2, 1, ['00', '01']],
    [1, 0, ['00', '01', '02', '03']],
    [0, 0, ['00', '01', '02', '03', '04']],
  ])('of %i that succeeded and %i others remove %j, never what runs, never a cutover', (succeeded, failed, gone) => {
    const limits = { successfulMigrationsHistoryLimit: succeeded, failedMigrationsHistoryLimit: failed };
    expect(hours(beyondLimits(schedule(limits), history))).toEqual(gone);
  });
});

describe('a planned cutover', () => {
  const at = '2026-11-29T01:00:00Z';
  const planned = { timeZone: 'Europe/Berlin', cutover: { at: '2026-11-29T02:00:00' } };
  const stateAt = (now: string, status?: object, migrations: KubeObject[] = []) =>
    cutoverState(schedule(planned, status && { cutover: status }), migrations, new Date(now));

  it('is none without one', () => {
    expect(cutoverState(schedule(), [], NOW)).toBeUndefined();
  });

  it.each([
    ['new', undefined, '2026-11-01T00:00:00Z', { at, state: 'Planned' }],
    ['moved', { at: '2026-12-24T00:00:00Z', state: 'Failed' }, '2026-11-01T00:00:00Z', { at, state: 'Planned' }],
    ['within its deadline', { at, state: 'Planned' }, '2026-11-29T01:10:00Z', { at, state: 'Planned' }],
    ['after it', { at, state: 'Planned' }, '2026-11-29T01:10:31Z', { at, state: 'Missed' }],
    ['missed', { at, state: 'Missed' }, '2027-01-01T00:00:00Z', { at, state: 'Missed' }],
  ])('that is %s', (_what, status, now, expected) => {
    expect(stateAt(now, status)).toEqual(expected);
  });

  it.each([
    ['that is to be made', [], 'Running'],
    ['that runs', [migration('m', at)], 'Running'],
    ['that succeeded', [migration('m', at, 'SucceededWithWarnings')], 'Succeeded'],
    ['that failed', [migration('m', at, 'Failed')], 'Failed'],
    ['that was canceled', [migration('m', at, 'Canceled')], 'Canceled'],
  ])('is what became of a migration %s', (_what, migrations, state) => {
    const running = { at, state: 'Running', migration: 'm' };
    expect(stateAt('2027-01-01T00:00:00Z', running, migrations)).toEqual({ ...running, state });
  });

  it('runs again when its migration is retried', () => {
    const failed = { at, state: 'Failed', migration: 'm' };
    const retried = [migration('m', at)];
    expect(stateAt('2027-01-01T00:00:00Z', failed, retried)).toEqual({ ...failed, state: 'Running' });
  });

  it('keeps its outcome when its migration was deleted', () => {
    const ended = { at, state: 'Succeeded', migration: 'm' };
    expect(stateAt('2027-01-01T00:00:00Z', ended)).toEqual(ended);
  });

  it('is due from its time until its deadline', () => {
    const due = (now: string) => isDue(schedule(planned), { at, state: 'Planned' }, new Date(now));
    expect(due('2026-11-29T00:59:59Z')).toBe(false);
    expect(due('2026-11-29T01:00:00Z')).toBe(true);
    expect(due('2026-11-29T01:10:00Z')).toBe(true);
    expect(due('2026-11-29T01:10:01Z')).toBe(false);
  });

  it('says what to do when it did not happen', () => {
    expect(cutoverFindings({ at, state: 'Missed' })).toMatchObject([{ type: 'CutoverMissed', category: 'Warn' }]);
    expect(cutoverFindings({ at, state: 'Failed', migration: 'm' })[0]?.message).toContain('see MigMigration m');
    expect(cutoverFindings({ at, state: 'Running', migration: 'm' })).toEqual([]);
  });
});

describe('the plan', () => {
  const plan = (spec: object = {}) => ({ kind: 'MigPlan', metadata: { name: 'shop' }, spec }) as MigPlan;
  const cutover = { name: 'cutover', itinerary: 'Final', succeeded: true, committed: true } as PlanMigration;
  const own = { ...cutover, name: 'own', itinerary: 'State' } as PlanMigration;
  const rollback = { name: 'back', itinerary: 'Rollback', succeeded: true } as PlanMigration;
  it.each([
    ['is as it was', {}, {}, [], undefined],
    ['rests because its user says so', { suspend: true }, {}, [cutover], 'SuspendedByUser'],
    ['is closed', {}, { closed: true }, [], 'PlanClosed'],
    ['has had its cutover', {}, {}, [cutover], 'ApplicationMoved'],
    ['has had the cutover of the schedule', {}, {}, [own], 'ApplicationMoved'],
    ['has had it rolled back', {}, {}, [own, rollback], undefined],
    ['had a cutover that moved nothing', {}, {}, [{ ...cutover, succeeded: false, committed: false }], undefined],
  ])('%s', (_what, spec, planSpec, migrations, reason) => {
    const status = { cutover: { at: '2026-11-01T00:00:00Z', state: 'Succeeded', migration: 'own' } };
    expect(suspensionOf(schedule(spec, status), plan(planSpec), migrations)?.reason).toBe(reason);
  });
});
