import { resolve } from 'node:path';
import { Argument, Command } from 'commander';
import { loadImage } from './cluster/load-image.js';
import { down } from './down.js';
import { exportLines, labEnvironment } from './environment.js';
import { recordedImages } from './images/images.js';
import { readCredentials } from './machine/credentials.js';
import { buildPrograms, type ProgramName, programNames, programPath, programsFolder } from './machine/programs.js';
import { existingSlot } from './machine/slot.js';
import { labStatus } from './status.js';
import { up } from './up.js';

const program = new Command('lab').description(
  'Two real clusters, an object store and an image registry on this machine',
);

program
  .command('up')
  .description('start what does not run yet; returns when both clusters are ready')
  .action(async () => {
    await up();
    console.log('The lab is up. `eval "$(npm run -s lab -- env)"` tells a shell where it is.');
  });

program.command('down').description('end everything and remove all traces').action(down);

program
  .command('status')
  .description('show what runs; ends with 1 when something does not')
  .action(async () => {
    const status = await labStatus(await existingSlot());
    console.log(status.text);
    process.exitCode = status.complete ? 0 : 1;
  });

program
  .command('env')
  .description('print export lines: kubeconfigs, object store, registry, images, folder of programs')
  .action(async () => {
    const slot = await existingSlot();
    const environment = labEnvironment(slot, await readCredentials(), await programsFolder(), await recordedImages());
    console.log(exportLines(environment));
    console.log('export PATH="$LAB_BIN:$PATH"');
  });

program
  .command('build')
  .description('build programs that are missing, all unless named; prints their paths')
  .addArgument(new Argument('[programs...]').choices(programNames))
  .action(async (named: ProgramName[]) => {
    const names = named.length > 0 ? named : programNames;
    await buildPrograms(names);
    for (const name of names) console.log(await programPath(name));
  });

program
  .command('load-image')
  .description('put an image into the registry and both clusters')
  .argument('<archive>', 'as `docker save` writes it, with a name and tag')
  .action(async (archive: string) => {
    for (const name of await loadImage(await existingSlot(), resolve(process.env.INIT_CWD ?? '.', archive))) {
      console.log(name);
    }
  });

try {
  await program.parseAsync();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
