import { readCredentials } from '../credentials.js';
import { labEnvironment } from '../environment.js';
import { recordedImages } from '../images.js';
import { programsFolder } from '../programs.js';
import { recordedSlot } from '../slot.js';

/** Where the lab that is up is: the same names and values as `npm run lab -- env` prints. */
export async function labValues(): Promise<Record<string, string>> {
  const slot = await recordedSlot();
  if (slot === undefined) throw new Error('There is no lab yet: npm run lab -- up');
  return labEnvironment(slot, await readCredentials(), await programsFolder(), await recordedImages());
}
