import { describe, expect, it } from 'vitest';
import type { KubeObject, ObjectMeta } from '../meta/kube-object.js';
import { ANNOTATIONS, LABELS, MIGRATION_FINALIZER } from '../meta/labels.js';
import { directVolumeMigration } from './direct-volume-migration.js';
import { migMigration } from './mig-migration.js';
import { attemptOf, resumesOf } from './retry.js';

const { attempt, resume, retry } = ANNOTATIONS;

const object = (conditions: string[], metadata: Partial<ObjectMeta> = {}, spec: object = {}): KubeObject => ({
  apiVersion: 'migration.openshift.io/v1alpha1',
  kind: 'MigMigration',
  metadata: { name: 'run', ...metadata },
  spec: migMigration.spec?.parse(spec),
  status: { itinerary: 'Final', errors: ['why'], conditions: conditions.map((type) => ({ type, status: 'True' })) },
});

/** What is stored after a user's write, and what was wrong with it. */
function write(stored: KubeObject, annotations: Record<string, string>, spec: object = {}) {
  const sent: KubeObject = {
    ...stored,
    spec: { ...stored.spec, ...spec },
    metadata: { ...stored.metadata, annotations },
  };
  const merged = migMigration.mergeUserWrite?.(sent, stored) ?? sent;
  return { merged, errors: migMigration.validate?.(merged, stored) ?? [] };
}

describe('a wish to retry', () => {
  it('makes the next attempt of a migration that failed', () => {
    const stored = object(['Failed'], { annotations: { mine: 'kept' } });
    const { merged, errors } = write(stored, { mine: 'kept', [retry]: 'now' });
    expect(errors).toEqual([]);
    expect(merged.metadata).toMatchObject({
      annotations: { mine: 'kept', [attempt]: '2' },
      finalizers: [MIGRATION_FINALIZER],
    });
    expect(merged.metadata.annotations).not.toHaveProperty(retry);
    expect(merged.status).toMatchObject({ itinerary: 'Final', conditions: [{ type: 'Retrying' }] });
    expect(merged.status).not.toHaveProperty('errors');
    expect(attemptOf(merged)).toBe(2);
  });

  it('increases its count of attempts, and restarts its count of pauses', () => {
    const stored = object(['Failed'], { annotations: { [attempt]: '4', [resume]: '2' } });
    const { merged } = write(stored, { [retry]: 'again' });
    expect(attemptOf(merged)).toBe(5);
    expect(resumesOf(merged)).toBe(0);
  });

  it('tells a paused migration to continue, once', () => {
    const stored = object(['Running', 'Paused'], { annotations: { [resume]: '1' }, finalizers: [MIGRATION_FINALIZER] });
    const { merged, errors } = write(stored, { [resume]: '1', [retry]: 'now' });
    expect(errors).toEqual([]);
    expect([attemptOf(merged), resumesOf(merged)]).toEqual([1, 2]);
    expect(write(merged, { [retry]: 'now' }).errors).toMatchObject([
      { message: expect.stringContaining('is running') },
    ]);
  });

  it.each([
    ['failed', ['Running', 'UnwindBlocked'], {}],
    ['is canceled', ['Running', 'Canceling', 'UnwindBlocked'], { canceled: true }],
  ])('tells a migration that %s and cannot unwind to try again, once', (_, conditions, spec) => {
    const { merged, errors } = write(object(conditions, {}, spec), { [retry]: 'now' });
    expect(errors).toEqual([]);
    expect([attemptOf(merged), resumesOf(merged)]).toEqual([1, 1]);
    expect(write(merged, { [retry]: 'now' }).errors).toHaveLength(1);
  });

  it.each([
    ['runs', ['Running'], {}, {}, 'is running'],
    ['has not begun', [], {}, {}, 'is running'],
    ['waits for its turn', ['Running', 'Postponed'], {}, {}, 'waits for its turn'],
    ['has succeeded', ['Succeeded'], {}, {}, 'has succeeded'],
    ['has succeeded with warnings', ['SucceededWithWarnings'], {}, {}, 'has succeeded'],
    ['was canceled', ['Canceled'], {}, {}, 'was canceled'],
    ['is being canceled', ['Paused', 'Canceling'], {}, {}, 'was canceled'],
    ['failed and shall be canceled', ['Failed'], {}, { canceled: true }, 'was canceled'],
    ['is being deleted', ['Failed'], { deletionTimestamp: '2026-01-01T00:00:00Z' }, {}, 'is being deleted'],
  ])('of a migration that %s is refused', (_, conditions, metadata, spec, why) => {
    const { merged, errors } = write(object(conditions, metadata, spec), { [retry]: 'now' });
    expect(errors).toEqual([
      {
        field: `metadata.annotations[${retry}]`,
        reason: 'FieldValueForbidden',
        message: expect.stringContaining(why),
      },
    ]);
    expect(attemptOf(merged)).toBe(1);
  });

  it('that comes with a cancel is refused', () => {
    expect(write(object(['Paused']), { [retry]: 'now' }, { canceled: true }).errors).toHaveLength(1);
  });

  it('at creation is refused, and so are the counts', () => {
    const created = object([], { annotations: { [retry]: 'now', [attempt]: '7', [resume]: '7' } });
    expect(migMigration.validate?.(created).map(({ field }) => field)).toEqual(
      [retry, attempt, resume].map((annotation) => `metadata.annotations[${annotation}]`),
    );
  });
});

describe('a wish to retry a DirectVolumeMigration', () => {
  const owner = {
    apiVersion: 'migration.openshift.io/v1alpha1',
    kind: 'MigMigration',
    name: 'cutover',
    uid: 'its-uid',
  };
  const copy = (condition: string, metadata: Partial<ObjectMeta> = {}): KubeObject => ({
    ...object([condition], metadata),
    kind: 'DirectVolumeMigration',
    spec: directVolumeMigration.spec?.parse({}),
  });
  const ask = (stored: KubeObject) => {
    const sent: KubeObject = { ...stored, metadata: { ...stored.metadata, annotations: { [retry]: 'now' } } };
    const merged = directVolumeMigration.mergeUserWrite?.(sent, stored) ?? sent;
    return { merged, errors: directVolumeMigration.validate?.(merged, stored) ?? [] };
  };

  it('makes its next attempt, which forgets what the former one showed', () => {
    const stored = copy('Failed');
    stored.status.rsyncOperations = [{ failed: true }];
    const { merged, errors } = ask(stored);
    expect(errors).toEqual([]);
    expect(attemptOf(merged)).toBe(2);
    expect(merged.metadata.finalizers).toEqual([MIGRATION_FINALIZER]);
    expect(merged.status).toMatchObject({ phase: 'Created', conditions: [{ type: 'Retrying' }] });
    expect(merged.status).not.toHaveProperty('rsyncOperations');
  });

  it.each([
    ['has succeeded', 'Succeeded', {}, 'has succeeded'],
    ['was canceled', 'Canceled', {}, 'create a new DirectVolumeMigration'],
    [
      'shows the copies of a migration',
      'Failed',
      { ownerReferences: [owner], labels: { [LABELS.directVolume]: 'its-uid' } },
      'it shows the copies of MigMigration cutover; retry that one',
    ],
  ])('that %s is refused', (_, condition, metadata, why) => {
    const { merged, errors } = ask(copy(condition, metadata));
    expect(errors).toMatchObject([{ message: expect.stringContaining(why) }]);
    expect(attemptOf(merged)).toBe(1);
  });

  it('at creation is refused, and so are the counts', () => {
    const created = copy('Failed', { annotations: { [retry]: 'now', [attempt]: '7' } });
    expect(directVolumeMigration.validate?.(created)).toHaveLength(2);
  });
});

it('users change neither count', () => {
  const stored = object(['Failed'], { annotations: { [attempt]: '2', [resume]: '1' } });
  const writes: Record<string, string>[] = [{}, { [attempt]: '9', [resume]: '9' }];
  for (const annotations of writes) {
    const { merged, errors } = write(stored, annotations);
    expect(errors).toEqual([]);
    expect(merged.metadata.annotations).toEqual(stored.metadata.annotations);
  }
  expect(write(object([]), { [attempt]: '9' }).merged.metadata).not.toHaveProperty('annotations');
});

it.each([
  [undefined, 1],
  ['3', 3],
  ['0', 1],
  ['-1', 1],
  ['many', 1],
])('an attempt of %j is number %i', (text, expected) => {
  expect(attemptOf(object([], text === undefined ? {} : { annotations: { [attempt]: text } }))).toBe(expected);
});
