import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stateFolder, writeIfChanged } from './state.js';

/** Secrets of this lab, made at random when it is first brought up. */
export interface Credentials {
  /** Bearer token of the clusters' administrator. */
  adminToken: string;
  s3AccessKey: string;
  s3SecretKey: string;
}

const file = join(stateFolder, 'credentials.json');

export async function readCredentials(): Promise<Credentials> {
  return JSON.parse(await readFile(file, 'utf8')) as Credentials;
}

export async function ensureCredentials(): Promise<Credentials> {
  const secret = () => randomBytes(20).toString('hex');
  try {
    return await readCredentials();
  } catch {
    const credentials = { adminToken: secret(), s3AccessKey: 'lab', s3SecretKey: secret() };
    await writeIfChanged(file, JSON.stringify(credentials), 0o600);
    return credentials;
  }
}
