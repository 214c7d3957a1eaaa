import { chmod, link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** The text of a file, or undefined when it is not there. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes a file that only its owner can read, whole or not at all. */
export async function writePrivate(file: string, text: string): Promise<void> {
  await rename(await writeBeside(file, text), file);
}

/** The text of a file that is made when it is not there. Of several processes that make it at once, all get the text of the first. */
export async function readOrMake(file: string, make: () => Promise<string>): Promise<string> {
  const stored = await readIfThere(file);
  // An empty one was left by something else than this.
  if (stored?.trim()) return stored;
  const text = await make();
  if (stored !== undefined) {
    await writePrivate(file, text);
    return text;
  }
  const unfinished = await writeBeside(file, text);
  try {
    // Refused where the file is there by now: with `wx` others would see it before it has a content.
    await link(unfinished, file);
    return text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return await readFile(file, 'utf8');
  } finally {
    await rm(unfinished);
  }
}

let written = 0;

async function writeBeside(file: string, text: string): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  written += 1;
  const unfinished = `${file}.${process.pid}.${written}`;
  await writeFile(unfinished, text, { mode: 0o600 });
  await chmod(unfinished, 0o600);
  return unfinished;
}
