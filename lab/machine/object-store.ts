import { join } from 'node:path';
import type { Credentials } from './credentials.js';
import { answersWell } from './http.js';
import { ensureService, waitForService } from './processes.js';
import type { Slot } from './slot.js';
import { makeFolder, stateFolder } from './state.js';

export const bucket = 'migrations';
export const region = 'us-east-1';
export const objectStoreUrl = (slot: Slot) => `http://${slot.address}:9000`;

/** An S3 server over a folder: a bucket is a folder in it, an object a file. */
export async function ensureObjectStore(
  slot: Slot,
  programs: string,
  processesFile: string,
  credentials: Credentials,
): Promise<void> {
  const folder = await makeFolder(stateFolder, 's3');
  await makeFolder(folder, bucket);
  const service = {
    name: 'versitygw',
    folder: stateFolder,
    processesFile,
    env: { ROOT_ACCESS_KEY: credentials.s3AccessKey, ROOT_SECRET_KEY: credentials.s3SecretKey },
    command: [
      join(programs, 'versitygw'),
      '--region',
      region,
      '--port',
      `${slot.address}:9000`,
      '--health',
      '/health',
      folder,
    ],
  };
  await ensureService(service);
  await waitForService(service, () => answersWell(`${objectStoreUrl(slot)}/health`));
}
