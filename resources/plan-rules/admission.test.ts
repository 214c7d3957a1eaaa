import { describe, expect, it } from 'vitest';
import { planOf, volumeOf } from '../../test/support/plan-objects.js';
import { CATEGORY, type Condition } from '../conditions.js';
import type { MigMigration } from '../mig-migration.js';
import { refuseMigration } from './admission.js';
import type { PlanMigration } from './plan-migration.js';

const condition = (type: string, category: Condition['category'] = CATEGORY.Required): Condition => ({
  type,
  status: 'True',
  category,
  message: `it is ${type}`,
  lastTransitionTime: '2026-01-01T00:00:00Z',
});
const readyPlan = planOf(
  {},
  { conditions: ['PvsDiscovered', 'StorageEnsured', 'Ready'].map((type) => condition(type)) },
);
const migration = (spec: Partial<MigMigration['spec']> = {}): MigMigration => ({
  apiVersion: 'migration.openshift.io/v1alpha1',
  kind: 'MigMigration',
  metadata: { name: 'now' },
  spec: {
    stage: false,
    migrateState: false,
    rollback: false,
    quiescePods: true,
    keepAnnotations: false,
    verify: false,
    canceled: false,
    ...spec,
  },
});
const earlier = (changes: Partial<PlanMigration>): PlanMigration => ({
  name: 'before',
  uid: 'before',
  createdAt: '2026-01-01T00:00:00Z',
  cutover: true,
  running: false,
  movedApplication: false,
  ...changes,
});
const RENAMED = { pvc: { namespace: 'shop', name: 'data:data-2' } };
const renaming = (spec: object = {}) => ({
  ...planOf({ persistentVolumes: [volumeOf({}, RENAMED)], ...spec }),
  status: readyPlan.status,
});
const reasons = (...input: Parameters<typeof refuseMigration>) =>
  refuseMigration(...input).map((refusal) => refusal.condition);

describe('a migration', () => {
  it.each([{}, { stage: true }, { migrateState: true }])('of a ready plan may run: %j', (spec) => {
    expect(reasons(migration(spec), readyPlan, [])).toEqual([]);
  });

  it.each([
    ['by a state migration', { migrateState: true }, {}],
    ['of included resources', {}, { includedResources: [{ group: 'apps', kind: 'Deployment' }] }],
    ['that is skipped', {}, { persistentVolumes: [volumeOf({ action: 'skip' }, RENAMED)] }],
  ])('may give a claim another name: %s', (_, wanted, spec) => {
    expect(reasons(migration(wanted), renaming(spec), [])).toEqual([]);
  });

  it.each([
    ['closed plan', migration(), planOf({ closed: true }), ['PlanClosed']],
    ['plan that was never checked', migration(), planOf({}), ['Ready']],
    [
      'plan with a problem',
      migration(),
      planOf(
        {},
        { conditions: [condition('NamespaceListEmpty', CATEGORY.Critical), condition('Slow', CATEGORY.Warn)] },
      ),
      ['NamespaceListEmpty'],
    ],
    ['rollback', migration({ rollback: true }), readyPlan, ['NotYetSupported']],
    ['stage with renamed claims', migration({ stage: true }), renaming(), ['InvalidSpec']],
    ['cutover with renamed claims', migration(), renaming(), ['InvalidSpec']],
    ['two kinds at once', migration({ stage: true, rollback: true }), readyPlan, ['InvalidSpec']],
  ])('is refused: %s', (_, wanted, plan, expected) => {
    expect(reasons(wanted, plan, [])).toEqual(expected);
  });

  it('says what is missing from a plan that is not Ready', () => {
    const plan = planOf({}, { conditions: [condition('PvsDiscovered')] });
    expect(refuseMigration(migration(), plan, [])[0]?.message).toContain('StorageEnsured missing');
  });

  it.each([
    ['stage after a cutover', { stage: true }, { movedApplication: true }, ['HasFinalMigration']],
    ['second cutover', {}, { movedApplication: true }, ['HasFinalMigration']],
    ['cutover after a failed or canceled one', {}, {}, []],
    ['cutover after a stage', {}, { cutover: false }, []],
  ])('%s', (_, spec, other, expected) => {
    expect(reasons(migration(spec), readyPlan, [earlier(other)])).toEqual(expected);
  });
});
