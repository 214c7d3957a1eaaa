import { Listr } from 'listr2';
import { buildTasks, programPath } from '../../../lab/machine/programs.js';

/** Before the API tests: the kubectl that `KUBECTL` names, else the lab's, which is built where it is missing. */
export default async function setup(): Promise<void> {
  if (process.env.KUBECTL) return;
  await new Listr(await buildTasks(['kubectl'])).run();
  process.env.KUBECTL = await programPath('kubectl');
}
