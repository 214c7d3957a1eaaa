import { describe, expect, it } from 'vitest';
import { directVolumeName, veleroName, volumeProgressName } from './names.js';
import type { RunRef } from './run-record.js';

const run: RunRef = {
  kind: 'MigMigration',
  namespace: 'n',
  name: 'cutover',
  uid: '01234567-89ab-cdef-0123-456789abcdef',
  attempt: 1,
};
const long = { ...run, name: `${'x'.repeat(50)}.${'y'.repeat(50)}` };

describe('names of what a run makes', () => {
  it('carry the name and the uid of the run', () => {
    expect(veleroName(run, 'final')).toBe('cutover-01234567-final');
    expect(directVolumeName(run)).toBe('cutover-01234567');
    expect(volumeProgressName(run, 'abcdef01')).toBe('cutover-01234567-abcdef01');
  });

  it('are different for each attempt', () => {
    expect(directVolumeName({ ...run, attempt: 2 })).toBe('cutover-01234567-2');
    expect(volumeProgressName({ ...run, attempt: 2 }, 'abcdef01')).toBe('cutover-01234567-2-abcdef01');
  });

  it('are at most 63 characters long and end as names may', () => {
    expect(volumeProgressName(long, 'abcdef01')).toHaveLength(63);
    expect(directVolumeName({ ...run, name: `${'x'.repeat(53)}-y` })).toBe(`${'x'.repeat(53)}-01234567`);
  });

  it('leave a DirectVolumeMigration of its own its name', () => {
    expect(directVolumeName({ ...run, kind: 'DirectVolumeMigration' })).toBe('cutover');
  });
});
