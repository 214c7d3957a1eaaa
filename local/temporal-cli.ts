import { access } from 'node:fs/promises';
import path from 'node:path';
import { buildPrograms, programPath } from '../lab/programs.js';

/**
 * Path of Temporal's command-line program, which carries the dev server and the web UI: `TEMPORAL_CLI`, the one on PATH, or the lab's,
 * built with Go into the user's cache folder (about four minutes on two cores, once).
 */
export async function temporalCli(say: (line: string) => void): Promise<string> {
  const candidates = [
    process.env.TEMPORAL_CLI,
    ...(process.env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, 'temporal')),
  ];
  for (const candidate of candidates) {
    if (candidate !== undefined && (await isThere(candidate))) return candidate;
  }
  try {
    const program = await programPath('temporal');
    if (!(await isThere(program))) {
      say('Building the Temporal dev server (once, about four minutes)');
      await buildPrograms(['temporal']);
    }
    return program;
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
