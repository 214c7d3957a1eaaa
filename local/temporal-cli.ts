import { execFile } from 'node:child_process';
import { access, mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { childEnvironment } from '../config/process-environment.js';

const run = promisify(execFile);

/** The newest version that the Go module proxy can build: later ones need a nested module that is not published. */
const VERSION = 'v1.5.1';
const CACHE = path.join(homedir(), '.cache', 'migration-toolkit', `temporal-cli-${VERSION}`);

/**
 * Path of Temporal's command-line program, which carries the dev server and the web UI: the one given, the one on PATH, or one built
 * with Go into the user's cache folder (about three minutes, once).
 */
export async function temporalCli(say: (line: string) => void, given?: string): Promise<string> {
  const built = path.join(CACHE, 'temporal');
  if (given !== undefined && (await isThere(given))) return given;
  if (await runs('temporal')) return 'temporal';
  if (await isThere(built)) return built;
  say(`Building the Temporal dev server ${VERSION} (once, about three minutes)`);
  await mkdir(CACHE, { recursive: true });
  try {
    await run('go', ['install', '-trimpath', '-ldflags=-s -w', `github.com/temporalio/cli/cmd/temporal@${VERSION}`], {
      env: childEnvironment({ CGO_ENABLED: '0', GOBIN: CACHE, GOFLAGS: '-mod=mod' }),
      cwd: CACHE,
    });
  } catch (cause) {
    throw new Error(
      'The Temporal dev server could not be built. Install Go 1.26 or later, or set TEMPORAL_CLI to a temporal program, or TEMPORAL_ADDRESS to a server.',
      { cause },
    );
  }
  return built;
}

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/** Whether the PATH has it. */
const runs = (program: string): Promise<boolean> =>
  run(program, ['--version']).then(
    () => true,
    () => false,
  );
