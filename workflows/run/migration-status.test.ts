import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PIPELINES } from '../../resources/run/steps.js';
import { MigrationStatus } from './migration-status.js';

let status: MigrationStatus;

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-01-01T00:00:00.400Z') });
  status = new MigrationStatus('Final');
});
afterEach(() => {
  vi.useRealTimers();
});

const later = (seconds: number) => vi.advanceTimersByTime(seconds * 1_000);
const types = () => (status.snapshot().conditions as { type: string }[]).map(({ type }) => type);

describe('the status of a migration', () => {
  it('begins with the pipeline of what was asked for, in whole seconds', () => {
    expect(status.pipeline.map(({ name }) => name)).toEqual(PIPELINES.Final);
    expect(status.snapshot()).toMatchObject({ phase: 'Created', startTimestamp: '2026-01-01T00:00:00Z' });
  });

  it('takes the steps that Prepare found, and keeps those that began', () => {
    status.begin('Prepare');
    const hooks = [{ phase: 'PostRestore', name: 'h', cluster: 'target', onFailure: 'Fail' }] as const;
    status.shape({ itinerary: 'Final', hooks: [...hooks], verify: true });
    expect(status.pipeline.map(({ name }) => name).slice(-4)).toEqual([
      'Restore',
      'PostRestoreHooks',
      'Verification',
      'Cleanup',
    ]);
    expect(status.pipeline[0]).toMatchObject({ name: 'Prepare', started: '2026-01-01T00:00:00Z' });
  });

  it('shows the phase of the step that began first of those that run', () => {
    status.begin('DirectVolume');
    later(1);
    status.begin('Backup');
    expect(status.snapshot().phase).toBe('WaitForDirectVolumeMigrationToComplete');
    status.rest('DirectVolume');
    expect(status.snapshot().phase).toBe('InitialBackupCreated');
    status.complete('Backup');
    expect(status.snapshot().phase).toBe('WaitForDirectVolumeMigrationToComplete');
  });

  it('says when the application went down and came back, once each', () => {
    status.markUp();
    expect(status.snapshot().applicationDownSince).toBeUndefined();
    status.markDown();
    later(60);
    status.markDown();
    expect(status.downSince).toBe('2026-01-01T00:00:00Z');
    status.markUp();
    later(60);
    status.markUp();
    expect(status.downSince).toBeUndefined();
    expect(status.snapshot()).toMatchObject({
      applicationDownSince: '2026-01-01T00:00:00Z',
      applicationUpSince: '2026-01-01T00:01:00Z',
    });
  });

  it('adds the steps of an unwind behind those of the run, whose others are skipped', () => {
    status.begin('Prepare');
    status.failStep('Prepare', 'No.');
    status.fail(['No.'], 'Prepare');
    expect(status.hasFailed).toBe(false);
    status.enter('Failed');
    expect(status.hasFailed).toBe(true);
    expect(types()).toContain('Unwinding');
    const skipped = status.pipeline.filter((entry) => entry.skipped).map(({ name }) => name);
    expect(skipped).toEqual(PIPELINES.Final.slice(1));
    expect(status.pipeline.slice(-3).map(({ name }) => name)).toEqual(PIPELINES.Failed);
  });

  it('ends with what went wrong and where the application is, and with nothing of its course', () => {
    status.begin('Backup');
    status.fail(['Velero is down.'], 'Backup');
    status.enter('Failed');
    status.set({ type: 'Paused', category: 'Warn', message: 'm' });
    status.end('Failed', 'The source runs.');
    expect(types()).toEqual(['Failed']);
    expect(status.snapshot()).toMatchObject({
      phase: 'Completed',
      errors: ['Velero is down.'],
      conditions: [{ reason: 'InitialBackupCreated', message: 'Velero is down. The source runs.' }],
    });
  });

  it('is a list of marks for the Temporal UI', () => {
    status.begin('Prepare');
    status.complete('Prepare');
    status.begin('Backup');
    status.begin('StageBackup');
    status.failStep('StageBackup', 'No.');
    status.skip('Cleanup');
    expect(status.markdown.split('\n')).toEqual([
      '- ✓ **Prepare** Completed',
      '- ▸ **Backup** Backing up the objects of the source namespaces.',
      '- ✗ **StageBackup** No.',
      '-   **DirectVolume** Not started',
      '-   **Restore** Not started',
      '- – **Cleanup** Not started',
    ]);
  });
});
