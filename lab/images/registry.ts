import { join } from 'node:path';
import { fetch } from 'undici';
import { stringify } from 'yaml';
import { answersWell } from '../machine/http.js';
import { ensureService, waitForService } from '../machine/processes.js';
import { run } from '../machine/run.js';
import type { Slot } from '../machine/slot.js';
import { stateFolder, writeIfChanged } from '../machine/state.js';

/** The registry's name for the clusters: each node's containerd knows its address, so that slots don't show in images. */
export const registryHost = 'registry.lab:5000';

/** The registry's address for this machine. */
export const registryAddress = (slot: Slot) => `${slot.address}:5000`;

export async function ensureRegistry(slot: Slot, processesFile: string): Promise<void> {
  const configFile = join(stateFolder, 'registry.yaml');
  const config = {
    version: 0.1,
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(stateFolder, 'registry') }, delete: { enabled: true } },
    http: { addr: registryAddress(slot) },
  };
  await writeIfChanged(configFile, stringify(config));
  const service = {
    name: 'registry',
    folder: stateFolder,
    processesFile,
    command: ['docker-registry', 'serve', configFile],
    configFile,
  };
  await ensureService(service);
  await waitForService(service, () => answersWell(`http://${registryAddress(slot)}/v2/`));
}

/** The name by which pods find an image in the registry: `ghcr.example/team/app:1` is at `registry.lab:5000/team/app:1`. */
export const nameInRegistry = (name: string) => `${registryHost}/${name.replace(/^[^/]*[.:][^/]*\//, '')}`;

/** Pushes an archive that holds an image of this name, unless the registry has it. */
export async function pushImage(slot: Slot, name: string, archive: string): Promise<void> {
  const path = nameInRegistry(name).slice(registryHost.length + 1);
  const [repository, tag] = path.split(':');
  const tags = `http://${registryAddress(slot)}/v2/${repository}/tags/list`;
  if ((await readTags(tags)).includes(tag ?? '')) return;
  const destination = `docker://${registryAddress(slot)}/${path}`;
  await run('skopeo', [
    '--insecure-policy',
    'copy',
    '-q',
    '--dest-tls-verify=false',
    `docker-archive:${archive}:${name}`,
    destination,
  ]);
}

/** None for a repository that is not there yet. */
async function readTags(url: string): Promise<string[]> {
  const { tags } = (await (await fetch(url)).json()) as { tags?: string[] };
  return tags ?? [];
}
