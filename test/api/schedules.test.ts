import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYSTEM_ACTOR } from '../../migrations-db/migration-store.js';
import { mergeConditions } from '../../resources/meta/conditions.js';
import { advisory } from '../../resources/meta/findings.js';
import { plan } from './manifests.js';
import { KINDS_PATH, NAMESPACE, OBJECTS_PATH, TestApi } from './test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start();
});
afterAll(() => api?.close());

const RUN_NOW = 'migration.openshift.io/run-now';
const NEXT_YEAR = new Date().getUTCFullYear() + 1;

const schedule = (name: string, spec: object = {}) => ({
  metadata: { name },
  spec: { migPlanRef: { name: 'shop' }, schedule: '0 2 * * *', ...spec },
});
const create = (name: string, spec?: object) => api.create('migschedules', schedule(name, spec));
const run = (name: string) => api.request('POST', `${OBJECTS_PATH}/migschedules/${name}/run`);
const setStatus = (name: string, status: object) =>
  api.store.resources.update(
    { kind: 'MigSchedule', namespace: NAMESPACE, name },
    (current) => ({ ...current, status: { ...current.status, ...status } }),
    { actor: SYSTEM_ACTOR },
  );

describe('a schedule that is written', () => {
  it('has the defaults of a CronJob where there are such', async () => {
    const { code, body } = await create('defaults');
    expect(code).toBe(201);
    expect(body.spec).toEqual({
      migPlanRef: { name: 'shop', namespace: NAMESPACE },
      schedule: '0 2 * * *',
      timeZone: 'UTC',
      suspend: false,
      startingDeadlineSeconds: 600,
      overlap: 'Skip',
      successfulMigrationsHistoryLimit: 3,
      failedMigrationsHistoryLimit: 3,
      migrateState: false,
    });
  });

  it('may be a planned cutover alone, which halts the application unless told otherwise', async () => {
    const at = `${NEXT_YEAR}-11-28T02:00:00`;
    const { code, body } = await create('cutover-alone', { schedule: undefined, cutover: { at } });
    expect(code).toBe(201);
    expect(body.spec.cutover).toEqual({ at, quiescePods: true, verify: false });
  });

  const refused: [string, object, string, string][] = [
    ['an invalid cron expression', { schedule: '0 25 * * *' }, 'spec.schedule', '"25" is not a valid hour'],
    ['six fields', { schedule: '0 0 2 * * *' }, 'spec.schedule', 'write five'],
    ['a day that never comes', { schedule: '0 0 30 2 *' }, 'spec.schedule', 'never comes'],
    ['an unknown time zone', { timeZone: 'Europe/Berlim' }, 'spec.timeZone', 'did you mean Europe/Berlin?'],
    ['neither schedule nor cutover', { schedule: undefined }, 'spec.schedule', 'cutover, or both'],
    ['no plan', { migPlanRef: undefined }, 'spec.migPlanRef', 'name the MigPlan'],
    ['another way with overlaps', { overlap: 'Allow' }, 'spec.overlap', 'must be'],
    ['a deadline that is too short', { startingDeadlineSeconds: 5 }, 'spec.startingDeadlineSeconds', '10'],
    ['a limit below zero', { failedMigrationsHistoryLimit: -1 }, 'spec.failedMigrationsHistoryLimit', '0'],
    ['a cutover without time', { cutover: {} }, 'spec.cutover.at', ''],
    ['a time that is none', { cutover: { at: 'Sunday' } }, 'spec.cutover.at', 'write it as 2026-11-29T02:00:00'],
    ['a time that has passed', { cutover: { at: '2020-01-01T00:00:00' } }, 'spec.cutover.at', 'has passed'],
    [
      'a time that the clocks leave out',
      { timeZone: 'Europe/Berlin', cutover: { at: '2032-03-28T02:30:00' } },
      'spec.cutover.at',
      'does not exist in Europe/Berlin: clocks are put forward over it. Write an earlier time or 2032-03-28T03:30:00',
    ],
  ];
  it.each(refused)('is refused for %s', async (_what, spec, field, message) => {
    const { code, body } = await create('refused', spec);
    expect(code).toBe(422);
    expect(body).toMatchObject({ kind: 'Status', reason: 'Invalid' });
    expect(body.details.causes).toEqual([
      expect.objectContaining({ field, message: expect.stringContaining(message) }),
    ]);
  });

  it('warns of a time that comes twice', async () => {
    const { code, headers } = await create('twice', {
      timeZone: 'Europe/Berlin',
      cutover: { at: '2032-10-31T02:30:00' },
    });
    expect(code).toBe(201);
    expect(headers.get('warning')).toContain('the first one, 2032-10-31T00:30:00Z, is taken');
  });

  it('keeps to its plan', async () => {
    await create('faithful');
    const { code, body } = await api.patch('migschedules', 'faithful', { spec: { migPlanRef: { name: 'other' } } });
    expect(code).toBe(422);
    expect(body.details.causes[0].field).toBe('spec.migPlanRef');
  });
});

describe('a planned cutover', () => {
  const at = `${NEXT_YEAR}-11-28T02:00:00Z`;
  const move = (name: string, to: object | null) => api.patch('migschedules', name, { spec: { cutover: to } });

  it('is moved, written otherwise and called off until it starts', async () => {
    await create('movable', { cutover: { at } });
    await setStatus('movable', { cutover: { at, state: 'Planned' } });
    expect((await move('movable', { at: `${NEXT_YEAR}-11-29T02:00:00` })).code).toBe(200);
    expect((await move('movable', { at: '2020-01-01T00:00:00' })).code).toBe(422);
    expect((await move('movable', null)).code).toBe(200);
  });

  it('stands as it is once it has started, and after it took place', async () => {
    await create('fixed', { cutover: { at } });
    for (const state of ['Running', 'Succeeded']) {
      await setStatus('fixed', { cutover: { at, state, migration: 'fixed-cutover-1' } });
      for (const change of [{ at: `${NEXT_YEAR}-12-01T00:00:00` }, { quiescePods: false }, null]) {
        const { code, body } = await move('fixed', change);
        expect(code).toBe(422);
        expect(body.details.causes).toEqual([expect.objectContaining({ field: 'spec.cutover' })]);
        expect(body.message).toContain('fixed-cutover-1');
      }
      // The same instant, and everything else, can be written.
      expect((await move('fixed', { at: `${NEXT_YEAR}-11-28T03:00:00+01:00` })).code).toBe(200);
      expect((await api.patch('migschedules', 'fixed', { spec: { suspend: false, schedule: '1 * * * *' } })).code).toBe(
        200,
      );
    }
  });

  it('can be planned again when it failed or was missed', async () => {
    await create('again', { cutover: { at } });
    for (const [state, day] of [
      ['Failed', '01'],
      ['Missed', '02'],
      ['Canceled', '03'],
    ]) {
      await setStatus('again', { cutover: { at, state } });
      expect((await move('again', { at: `${NEXT_YEAR}-12-${day}T00:00:00` })).code).toBe(200);
    }
  });
});

describe('a run that is asked for', () => {
  it('is an annotation, by kubectl or by the subresource', async () => {
    await create('by-hand');
    const annotated = await api.kubectl('-n', NAMESPACE, 'annotate', 'migschedule', 'by-hand', `${RUN_NOW}=please`);
    expect(annotated).toMatchObject({ code: 0 });
    const { code, body } = await run('by-hand');
    expect(code).toBe(200);
    expect(body).toMatchObject({ kind: 'MigSchedule', metadata: { annotations: { [RUN_NOW]: expect.any(String) } } });
    const raw = await api.kubectl('create', '--raw', `${OBJECTS_PATH}/migschedules/by-hand/run`, '-f', '/dev/null');
    expect(raw.stderr).toBe('');
  });

  it('is refused for a schedule that is suspended, whoever suspended it', async () => {
    await create('resting', { suspend: true });
    const field = `metadata.annotations[${RUN_NOW}]`;
    const { code, body } = await run('resting');
    expect(code).toBe(409);
    expect(body.details.causes[0].field).toBe(field);
    expect(body.message).toContain('set spec.suspend to false first');
    const annotated = await api.patch('migschedules', 'resting', { metadata: { annotations: { [RUN_NOW]: 'x' } } });
    expect(annotated.code).toBe(422);
    expect(annotated.body.details.causes[0].field).toBe(field);

    await create('moved');
    const finding = advisory('Suspended', undefined, 'The application has moved.');
    await setStatus('moved', { conditions: mergeConditions([], [finding], '2026-01-01T00:00:00Z') });
    expect((await run('moved')).body.message).toContain('The application has moved.');
  });

  it('is refused without times to run at, and for one that is not there', async () => {
    await create('once', { schedule: undefined, cutover: { at: `${NEXT_YEAR}-11-28T02:00:00Z` } });
    expect((await run('once')).body.message).toContain('spec.schedule is not set');
    expect((await run('missing')).code).toBe(404);
  });

  it('is in the discovery documents', async () => {
    const { body } = await api.request('GET', KINDS_PATH);
    expect(body.resources).toContainEqual(
      expect.objectContaining({ name: 'migschedules/run', kind: 'MigSchedule', verbs: ['create'] }),
    );
  });
});

describe('kubectl', () => {
  it('shows what comes next', async () => {
    await create('nightly', { timeZone: 'Europe/Berlin', cutover: { at: `${NEXT_YEAR}-11-28T02:00:00` } });
    await setStatus('nightly', {
      lastScheduleTime: new Date(Date.now() - 3_600_000).toISOString(),
      nextScheduleTime: `${NEXT_YEAR}-01-01T01:00:00Z`,
      active: ['nightly-1'],
      cutover: { at: `${NEXT_YEAR}-11-28T01:00:00Z`, state: 'Planned' },
    });
    const { stdout } = await api.kubectl('-n', NAMESPACE, 'get', 'migschedule', 'nightly', '-o', 'wide');
    const [head = '', row = ''] = stdout.split('\n');
    expect(head.split(/\s+/)).toEqual(
      'NAME READY PLAN SCHEDULE SUSPEND ACTIVE LAST NEXT CUTOVER AGE TIMEZONE PROBLEM'.split(' '),
    );
    expect(row).toMatch(
      new RegExp(
        `^nightly +shop +0 2 \\* \\* \\* +false +1 +60m +${NEXT_YEAR}-01-01T01:00:00Z +${NEXT_YEAR}-11-28T01:00:00Z +\\d+s +Europe/Berlin`,
      ),
    );
  });

  it('explains its fields', async () => {
    const { stdout } = await api.kubectl('explain', 'migschedule.spec.cutover');
    expect(stdout).toContain('quiescePods');
  });
});

describe('deleting a plan', () => {
  it('deletes its schedules', async () => {
    await api.create('migplans', plan('retired'));
    await create('retired', { migPlanRef: { name: 'retired' } });
    await api.request('DELETE', `${OBJECTS_PATH}/migplans/retired`);
    expect((await api.request('GET', `${OBJECTS_PATH}/migschedules/retired`)).code).toBe(404);
    await expect
      .poll(async () => (await api.request('GET', `${OBJECTS_PATH}/migplans/retired`)).code, { timeout: 5_000 })
      .toBe(404);
  });
});
