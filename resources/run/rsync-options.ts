const NUMBER = /^\d+$/;
const AMOUNT = /^\d+(\.\d+)?[kKmMgG]?$/;
const WORD = /^[a-z0-9]+$/;

/**
 * Options of rsync that may be added to ours: they change how fast, with how much room and in what order a volume is copied, or copy more of
 * each file. All others are refused: those that change what makes two files equal or hide changes (`--size-only`, `--ignore-existing`,
 * `--modify-window`, filters, dry runs), and those that lead elsewhere (`-e`, `--rsync-path`, `--remote-option`, files of batches and logs).
 */
const ALLOWED: Readonly<Record<string, RegExp | undefined>> = {
  '-z': undefined,
  '--compress': undefined,
  '--no-compress': undefined,
  '--compress-level': NUMBER,
  '--compress-choice': WORD,
  '--bwlimit': AMOUNT,
  '-W': undefined,
  '--whole-file': undefined,
  '--no-whole-file': undefined,

  '--block-size': AMOUNT,
  '--inplace': undefined,
  '-S': undefined,
  '--sparse': undefined,
  '--preallocate': undefined,
  '--fsync': undefined,
  '--max-alloc': AMOUNT,
  '-A': undefined,
  '--acls': undefined,
  '-X': undefined,
  '--xattrs': undefined,
  '-c': undefined,
  '--checksum': undefined,
  '--checksum-choice': WORD,
  '--delete-before': undefined,
  '--delete-during': undefined,
  '--delete-delay': undefined,
  '--delete-after': undefined,
  '--no-inc-recursive': undefined,
  '-v': undefined,
  '--verbose': undefined,
};

export const isAllowedRsyncOption = (option: string): boolean => {
  const [, name = option, value] = /^(--?[A-Za-z-]+)(?:=(.*))?$/.exec(option) ?? [];
  if (!Object.hasOwn(ALLOWED, name)) return false;
  const wanted = ALLOWED[name];
  return value === undefined ? wanted === undefined : wanted?.test(value) === true;
};

export const ALLOWED_RSYNC_OPTIONS = Object.entries(ALLOWED)
  .filter(([name]) => name.startsWith('--'))
  .map(([name, value]) => (value ? `${name}=…` : name))
  .join(' ');
