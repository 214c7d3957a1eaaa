import { describe, expect, it } from 'vitest';
import { isAllowedRsyncOption } from './rsync-options.js';
import { readSettings } from './settings.js';

describe('rsync_opt_extras', () => {
  it.each([
    '--compress',
    '-z',
    '--compress-level=3',
    '--compress-choice=zstd',
    '--no-compress',
    '--bwlimit=10M',
    '--inplace',
    '--whole-file',
    '--block-size=131072',
    '--sparse',
    '-X',
    '--acls',
    '--checksum',
    '--delete-delay',
    '-v',
  ])('takes %s', (option) => {
    expect(isAllowedRsyncOption(option)).toBe(true);
  });

  it.each([
    // What is equal.
    '--size-only',
    '--ignore-times',
    '--modify-window=1',
    '--modify-window=-1',
    '-@1',
    // What hides changes.
    '--ignore-existing',
    '--existing',
    '--update',
    '-u',
    '-n',
    '--dry-run',
    '--exclude=x',
    '--exclude-from=/volume/x',
    '--include=x',
    '--filter=-_x',
    '-f-_x',
    '-F',
    '-C',
    '--cvs-exclude',
    '--max-size=1',
    '--min-size=1',
    '--max-delete=1',
    '--no-recursive',
    '--no-times',
    '--no-links',
    '--append',
    '--append-verify',
    '--ignore-errors',
    '--fuzzy',
    '--stop-after=1',
    // What leads elsewhere, or touches the source.
    '-e',
    '--rsh=/bin/sh',
    '-M--x',
    '--remote-option=--x',
    '--rsync-path=x',
    '--files-from=x',
    '--write-batch=x',
    '--only-write-batch=x',
    '--read-batch=x',
    '--remove-source-files',
    '--remove-sent-files',
    '--backup-dir=x',
    '--copy-dest=x',
    '--link-dest=x',
    '--compare-dest=x',
    '--partial-dir=x',
    '--temp-dir=x',
    '-T/x',
    '--log-file=x',
    '--copy-links',
    '-L',
    '--keep-dirlinks',
    '-K',
    '--config=x',
    '--daemon',
    '--server',
    '--sender',
    '--address=x',
    '--port=1',
    '--sockopts=x',
    '--timeout=1',
    '--contimeout=1',
    // Bundles, and values where there are none.
    '-ve',
    '-zn',
    '-vM--x',
    '--compress=x',
    '--compress-level',
    '--compress-level=3;x',
    '--bwlimit=10M/../x',
    'volume',
    '--',
    '',
    '--constructor',
    'constructor',
    '__proto__',
  ])('refuses %s', (option) => {
    expect(isAllowedRsyncOption(option)).toBe(false);
  });

  it('says which options there are when it refuses one', () => {
    const { settings, problems } = readSettings({ rsync_opt_extras: '--compress --size-only' });
    expect(settings.run.rsync.extraOptions).toEqual([]);
    expect(problems).toMatchObject([
      { field: 'spec.rsync_opt_extras', message: expect.stringMatching(/--bwlimit=….*could hide changes/) },
    ]);
  });
});
