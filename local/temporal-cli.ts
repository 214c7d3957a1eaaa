import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { buildEnvironment } from '../config/process-environment.js';

/**
 * Path of Temporal's command-line program, which carries the dev server and the web UI: the one given, the one on PATH, or the lab's,
 * built with Go into the user's cache folder (about four minutes on two cores, once).
 */
export async function temporalCli(say: (line: string) => void, given?: string): Promise<string> {
  const environment = buildEnvironment();
  const onPath = (environment.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, 'temporal'));
  for (const candidate of [given, ...onPath]) {
    if (candidate !== undefined && (await isThere(candidate))) return candidate;
  }
  try {
    say('Looking for the Temporal dev server; it is built once, in about four minutes');
    // As a process: the lab is not part of the service.
    const { stdout } = await promisify(execFile)('npm', ['run', '--silent', 'lab', '--', 'build', 'temporal'], {
      cwd: import.meta.dirname,
      env: environment,
    });
    return stdout.trim();
  } catch (cause) {
    throw new Error(
      'The Temporal dev server could not be built. Install Go 1.26 or later, or set TEMPORAL_CLI to a temporal program, or TEMPORAL_ADDRESS to a server.',
      { cause },
    );
  }
}

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
