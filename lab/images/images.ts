import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { exists, makeFolder, stateFolder, writeIfChanged } from '../machine/state.js';
import { hashImage, type Image, writeDockerArchive } from './docker-archive.js';
import { hookRunnerImage } from './hook-runner.js';
import { baseImage, pluginImage, sampleAppImage, transferImage, veleroImage } from './image-contents.js';
import { registryHost } from './registry.js';

/** An image that was built: its name, with the hash of its content as tag, and the archive it is in. */
interface BuiltImage {
  name: string;
  archive: string;
}

/** The images every lab has. `base` is busybox alone: the pause container and the provisioner's helper. */
export type LabImages = Record<
  'base' | 'velero' | 'veleroPlugin' | 'transfer' | 'sampleApp' | 'hookRunner',
  BuiltImage
>;

const recordFile = join(stateFolder, 'images.json');

/** The images this lab was last brought up with. */
export async function recordedImages(): Promise<LabImages> {
  return JSON.parse(await readFile(recordFile, 'utf8')) as LabImages;
}

/** Builds the images whose content is new, and records which ones are the lab's. */
export async function buildImages(): Promise<LabImages> {
  const images = {
    // The lab's own are in no registry. (`velero install` also takes the port of a registry for a tag.)
    base: await build('lab.local/base', await baseImage()),
    velero: await build('lab.local/velero', await veleroImage()),
    veleroPlugin: await build('lab.local/velero-plugin-for-aws', await pluginImage()),
    transfer: await build(`${registryHost}/transfer`, await transferImage()),
    sampleApp: await build(`${registryHost}/sample-app`, await sampleAppImage()),
    hookRunner: await build(`${registryHost}/hook-runner`, await hookRunnerImage()),
  };
  await writeIfChanged(recordFile, JSON.stringify(images, null, 2));
  return images;
}

async function build(repository: string, image: Image): Promise<BuiltImage> {
  const tag = (await hashImage(image)).slice(0, 12);
  const folder = await makeFolder(stateFolder, 'images');
  const built = { name: `${repository}:${tag}`, archive: join(folder, `${basename(repository)}-${tag}.tar`) };
  const isBuilt = await exists(built.archive);
  if (!isBuilt) await writeDockerArchive(built.archive, built.name, image);
  return built;
}
