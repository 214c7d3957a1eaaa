import { expect, it } from 'vitest';
import { compareVersions, rsyncVersion } from './debian-packages.js';

it('reads the version rsync prints', () => {
  expect(rsyncVersion('rsync  version 3.5.0  protocol version 32\nCopyright')).toBe('3.5.0');
  expect(rsyncVersion('rsync  version v3.5.0pre1  protocol version 32')).toBe('3.5.0');
  expect(() => rsyncVersion('rsync: command not found')).toThrow('no version');
});

it('compares versions by number, not by letter', () => {
  expect(compareVersions('3.2.7', '3.5.0')).toBeLessThan(0);
  expect(compareVersions('3.10.0', '3.5.0')).toBeGreaterThan(0);
  expect(compareVersions('3.5.0', '3.5.0')).toBe(0);
});
