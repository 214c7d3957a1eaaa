import { labEnvironment } from '../environment.js';
import { recordedImages } from '../images/images.js';
import { readCredentials } from '../machine/credentials.js';
import { programsFolder } from '../machine/programs.js';
import { recordedSlot } from '../machine/slot.js';

/** Where the lab that is up is: the same names and values as `npm run lab -- env` prints. */
export async function labValues(): Promise<Record<string, string>> {
  const slot = await recordedSlot();
  if (slot === undefined) throw new Error('There is no lab yet: npm run lab -- up');
  return labEnvironment(slot, await readCredentials(), await programsFolder(), await recordedImages());
}
