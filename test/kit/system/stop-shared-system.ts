import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Kubectl } from '../../../lab/client/kubectl.js';
import { stopPostgres } from '../../../local/postgres.js';
import { stopTemporal } from '../../../local/temporal.js';
import { removeBackupLocation } from './backup-location.js';
import type { SystemPlace } from './system.js';
import { endSystemProcess } from './system-process.js';

export const SHARED_SYSTEM = 'system';

/** What the test files of a run are told of the system they share. */
export interface SharedSystemPlace {
  place: SystemPlace;
  /** What it keeps in the clusters, and how they are reached. */
  backupLocation: { name: string; kubectl: string; kubeconfigs: string[] };
}

/** After all tests: whatever of it was started, also when its start failed half-way. */
export async function stopSharedSystem(sharedFolder: string): Promise<void> {
  const home = path.join(sharedFolder, SHARED_SYSTEM);
  if (!existsSync(home)) return;
  await Promise.all([endSystemProcess('api', home), endSystemProcess('worker', home)]);
  await Promise.all([stopTemporal(path.join(home, 'temporal')), stopPostgres(path.join(home, 'postgres'))]);
  const outcome = await readFile(`${home}.json`, 'utf8').catch(() => '{}');
  const { result } = JSON.parse(outcome) as { result?: SharedSystemPlace };
  if (result === undefined) return;
  const { name, kubectl, kubeconfigs } = result.backupLocation;
  await removeBackupLocation(
    name,
    kubeconfigs.map((kubeconfig) => new Kubectl(kubectl, kubeconfig)),
  );
}
