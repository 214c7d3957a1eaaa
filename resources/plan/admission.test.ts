import { describe, expect, it } from 'vitest';
import { migrationOf, planOf, volumeOf } from '../../test/kit/fakes/plan-objects.js';
import type { MigMigration } from '../kinds/mig-migration.js';
import { CATEGORY, type Condition, type ConditionType } from '../meta/conditions.js';
import { refuseMigration } from './admission.js';

const condition = (type: string, category: Condition['category'] = CATEGORY.Required): Condition => ({
  type: type as ConditionType,
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
    ['stage with renamed claims', migration({ stage: true }), renaming(), ['InvalidSpec']],
    ['cutover with renamed claims', migration(), renaming(), ['InvalidSpec']],
    ['two kinds at once', migration({ stage: true, rollback: true }), readyPlan, ['InvalidSpec']],
    [
      'two kinds at once of a closed plan',
      migration({ stage: true, rollback: true }),
      planOf({ closed: true }),
      ['InvalidSpec'],
    ],
  ])('is refused: %s', (_, wanted, plan, expected) => {
    expect(reasons(wanted, plan, [])).toEqual(expected);
  });

  it('names the field and the claims that are renamed', () => {
    const [refusal] = refuseMigration(migration(), renaming(), []);
    expect(refusal?.message).toContain('(spec.persistentVolumes[].pvc.name): shop/data:data-2.');
  });

  it('says what is missing from a plan that is not Ready', () => {
    const plan = planOf({}, { conditions: [condition('PvsDiscovered')] });
    expect(refuseMigration(migration(), plan, [])[0]?.message).toContain('StorageEnsured missing');
  });

  const HAS_FINAL = ['HasFinalMigration'];
  const succeeded = { succeeded: true };
  const failedAfterCommit = { committed: true };
  const stage = { stage: true };
  it.each([
    ['a stage', 'a final that waits for its turn', stage, [migrationOf('Final', { running: true })], []],
    ['a stage', 'a final that succeeded', stage, [migrationOf('Final', succeeded)], HAS_FINAL],
    [
      'a stage',
      'a final that failed after its commit point',
      stage,
      [migrationOf('Final', failedAfterCommit)],
      HAS_FINAL,
    ],
    ['a stage', 'a final that failed before or was canceled', stage, [migrationOf('Final')], []],
    ['a stage', 'a stage', stage, [migrationOf('Stage', succeeded)], []],
    ['a stage', 'a state migration', stage, [migrationOf('State', { succeeded: true, committed: true })], []],
    ['a stage', 'a conversion', stage, [migrationOf('Conversion', failedAfterCommit)], HAS_FINAL],
    ['a stage', 'the copy of a conversion', stage, [migrationOf('Conversion', succeeded)], []],
    ['a final', 'a final that runs', {}, [migrationOf('Final', { running: true })], []],
    ['a final', 'a final that succeeded', {}, [migrationOf('Final', succeeded)], HAS_FINAL],
    ['a final', 'a final that failed after its commit point', {}, [migrationOf('Final', failedAfterCommit)], HAS_FINAL],
    ['a final', 'a final that failed before or was canceled', {}, [migrationOf('Final')], []],
    ['a final', 'a stage', {}, [migrationOf('Stage', succeeded)], []],
    ['a final', 'a rollback', {}, [migrationOf('Final', succeeded), migrationOf('Rollback', succeeded)], []],
    ['a stage', 'a rollback', stage, [migrationOf('Final', failedAfterCommit), migrationOf('Rollback', succeeded)], []],
    ['a final', 'a rollback that failed', {}, [migrationOf('Final', succeeded), migrationOf('Rollback')], HAS_FINAL],
    [
      'a final',
      'a final after a rollback',
      {},
      [migrationOf('Rollback', succeeded), migrationOf('Final', succeeded), migrationOf('Stage')],
      HAS_FINAL,
    ],
  ])('%s after %s', (_, __, spec, others, expected) => {
    expect(reasons(migration(spec), readyPlan, others)).toEqual(expected);
  });

  it('says what to do next after a cutover', () => {
    const [refusal] = refuseMigration(migration(), readyPlan, [
      migrationOf('Final', { name: 'cutover', succeeded: true }),
    ]);
    expect(refusal?.message).toMatch(/MigMigration cutover of plan plan already moved.*spec\.rollback: true/);
  });
});

describe('a rollback', () => {
  const others = [migrationOf('Final', { succeeded: true })];
  it.each([
    ['a plan that is Ready', readyPlan],
    ['a plan that was never checked', planOf({})],
    ['a closed plan', planOf({ closed: true })],
    ['a plan with a problem', planOf({}, { conditions: [condition('NamespaceListEmpty', CATEGORY.Critical)] })],
  ])('is not refused for %s', (_, plan) => {
    expect(reasons(migration({ rollback: true }), plan, others)).toEqual([]);
  });
});
