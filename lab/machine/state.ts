import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout this lab belongs to. */
export const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Everything a lab keeps is in the checkout's `.lab/`. */
export const stateFolder = join(checkout, '.lab');

export const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

export async function makeFolder(...parts: string[]): Promise<string> {
  const folder = join(...parts);
  await mkdir(folder, { recursive: true });
  return folder;
}

/** Writes `text` unless the file holds it already. */
export async function writeIfChanged(file: string, text: string, mode = 0o644): Promise<void> {
  if ((await readFile(file, 'utf8').catch(() => undefined)) === text) return;
  await makeFolder(dirname(file));
  await writeFile(file, text, { mode });
}
