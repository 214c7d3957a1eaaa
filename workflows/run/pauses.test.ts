import { describe, expect, it } from 'vitest';
import type { RunRef } from '../../resources/run/run-record.js';
import { pauseText, retryCommand } from './pauses.js';

const run: RunRef = { kind: 'MigMigration', namespace: 'openshift-migration', name: 'cutover', uid: 'u', attempt: 1 };
const until = new Date('2026-01-01T10:00:00.250Z');

describe('what the operator reads of a pause', () => {
  it('names each failure, the command that resumes and the time the run unwinds at', () => {
    const text = pauseText(['The volume is full.', 'Velero is down.'], { run, until });
    expect(text).toMatch(/^The volume is full\. Velero is down\. /);
    expect(text).toContain(`(${retryCommand(run)})`);
    expect(text).toContain('at 2026-01-01T10:00:00Z');
    expect(text).not.toContain('since');
  });

  it('says since when the application is down', () => {
    const text = pauseText(['No.'], { run, until, downSince: '2026-01-01T09:00:00Z' });
    expect(text).toContain('since 2026-01-01T09:00:00Z.');
  });

  it('resumes by an annotation of the migration', () => {
    expect(retryCommand(run)).toBe('kubectl annotate migmigration cutover migration.openshift.io/retry=now');
  });
});
