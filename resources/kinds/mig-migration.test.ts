import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../meta/kube-object.js';
import { migMigration } from './mig-migration.js';

const object = (spec: object, status?: object): KubeObject => ({
  apiVersion: 'migration.openshift.io/v1alpha1',
  kind: 'MigMigration',
  metadata: { name: 'run' },
  spec: migMigration.spec?.parse(spec),
  status,
});

const fieldsRefused = (spec: object, previous?: object): string[] =>
  (migMigration.validate?.(object(spec), previous && object(previous)) ?? []).map(({ field }) => field);

describe('validation', () => {
  it.each(['stage', 'migrateState', 'rollback'])('allows %s alone', (mode) => {
    expect(fieldsRefused({ [mode]: true })).toEqual([]);
  });

  it('names the modes that exclude each other', () => {
    expect(fieldsRefused({ stage: true, migrateState: true })).toEqual(['spec.stage', 'spec.migrateState']);
  });

  it('lets canceled become true and nothing else change', () => {
    expect(fieldsRefused({ canceled: true }, {})).toEqual([]);
    expect(fieldsRefused({}, { canceled: true })).toEqual(['spec.canceled']);
    expect(fieldsRefused({ quiescePods: true, migPlanRef: { name: 'b' } }, { migPlanRef: { name: 'a' } })).toEqual([
      'spec.migPlanRef',
      'spec.quiescePods',
    ]);
  });
});

describe('the status column', () => {
  const shown = (status?: object) =>
    migMigration.columns.find(({ name }) => name === 'Status')?.value(object({}, status));
  const condition = (type: string) => ({ type, status: 'True' });

  it('shows the outcome before the phase', () => {
    expect(shown()).toBeUndefined();
    expect(shown({ phase: 'StageBackup', conditions: [condition('Running')] })).toBe('StageBackup');
    expect(shown({ phase: 'Canceling', conditions: [condition('Canceling')] })).toBe('Canceling');
    expect(
      shown({ phase: 'Completed', conditions: [condition('Succeeded'), condition('SucceededWithWarnings')] }),
    ).toBe('SucceededWithWarnings');
    expect(shown({ phase: 'Completed', conditions: [condition('Failed'), condition('Canceled')] })).toBe('Failed');
  });
});
