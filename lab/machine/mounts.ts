import { readFile } from 'node:fs/promises';
import { run } from './run.js';

/** Mount points in a folder, the deepest and latest first. */
async function mountsBelow(folder: string): Promise<string[]> {
  const table = await readFile('/proc/self/mountinfo', 'utf8');
  const points = table.split('\n').map((line) => line.split(' ')[4] ?? '');
  // The kernel writes a blank as \040.
  const decoded = points.map((point) =>
    point.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(parseInt(octal, 8))),
  );
  return decoded.filter((point) => point === folder || point.startsWith(`${folder}/`)).reverse();
}

/** Unmounts all there is in a folder, even what is still in use somewhere. */
export async function unmountBelow(folder: string): Promise<void> {
  for (const point of await mountsBelow(folder)) await run('umount', ['--lazy', point], { reject: false });
}

export async function isMounted(point: string): Promise<boolean> {
  return (await mountsBelow(point)).includes(point);
}
