import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { inject } from 'vitest';

type Outcome<Result> = { result: Result } | { failure: string };

const BETWEEN_LOOKS_MS = 50;

/**
 * What `make` gives, made by the first test file of this run of vitest that asks for it; the others, in whatever process, wait for it.
 * When it fails, it fails for all of them.
 *
 * @param name of what is made
 * @param make is given a folder of its own; its result must survive JSON
 */
export async function once<Result>(name: string, make: (folder: string) => Promise<Result>): Promise<Result> {
  return onceIn(inject('sharedFolder'), name, make);
}

export async function onceIn<Result>(
  shared: string,
  name: string,
  make: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = path.join(shared, name);
  const file = `${folder}.json`;
  // Of several that try, one makes it.
  const isOurs = await mkdir(folder).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
      return false;
    },
  );
  if (isOurs) {
    const outcome: Outcome<Result> = await make(folder).then(
      (result) => ({ result }),
      (error: unknown) => ({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
    await writeFile(`${file}.unfinished`, JSON.stringify(outcome), { mode: 0o600 });
    await rename(`${file}.unfinished`, file);
  }
  const outcome = await untilMade<Result>(file);
  if ('failure' in outcome) throw new Error(`What the tests share could not be made (${name}): ${outcome.failure}`);
  return outcome.result;
}

async function untilMade<Result>(file: string): Promise<Outcome<Result>> {
  for (;;) {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return undefined;
    });
    if (text !== undefined) return JSON.parse(text) as Outcome<Result>;
    await pause(BETWEEN_LOOKS_MS);
  }
}
