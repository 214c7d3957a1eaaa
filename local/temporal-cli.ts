import { execFile } from 'node:child_process';
import { access, mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The newest version that the Go module proxy can build: later ones need a nested module that is not published. */
const VERSION = 'v1.5.1';
const CACHE = path.join(homedir(), '.cache', 'migration-toolkit', `temporal-cli-${VERSION}`);

/**
 * Path of Temporal's command-line program, which carries the dev server and the web UI: `TEMPORAL_CLI`, the one on PATH, or one built
 * with Go into the user's cache folder (about three minutes, once).
 */
export async function temporalCli(say: (line: string) => void): Promise<string> {
  const candidates = [
    process.env.TEMPORAL_CLI,
    ...(process.env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, 'temporal')),
  ];
  for (const candidate of [...candidates, path.join(CACHE, 'temporal')]) {
    if (candidate !== undefined && (await isThere(candidate))) return candidate;
  }
  say(`Building the Temporal dev server ${VERSION} (once, about three minutes)`);
  await mkdir(CACHE, { recursive: true });
  try {
    await run('go', ['install', '-trimpath', '-ldflags=-s -w', `github.com/temporalio/cli/cmd/temporal@${VERSION}`], {
      env: { ...process.env, CGO_ENABLED: '0', GOBIN: CACHE, GOFLAGS: '-mod=mod' },
      cwd: CACHE,
    });
  } catch (cause) {
    throw new Error(
      'The Temporal dev server could not be built. Install Go 1.26 or later, or set TEMPORAL_CLI to a temporal program, or TEMPORAL_ADDRESS to a server.',
      { cause },
    );
  }
  return path.join(CACHE, 'temporal');
}

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
