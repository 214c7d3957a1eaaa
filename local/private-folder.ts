import { chmod, mkdir } from 'node:fs/promises';

/** Makes a folder, or an existing one, its owner's alone: the programs that keep data there make their files readable by all. */
export async function makePrivate(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
}
