import { randomBytes } from 'node:crypto';
import path from 'node:path';
import {
  certifyAuthority,
  createKey,
  issueServerCertificate,
  type KeyAndCertificate,
  stillServes,
} from './certificates.js';
import { readIfThere, readOrMake, writePrivate } from './private-files.js';
import { Tokens } from './tokens.js';

export interface LocalIdentity {
  tokens: Tokens;
  tls: KeyAndCertificate;
  /** PEM certificate of the authority that clients trust. */
  ca: string;
}

/** Names under which the API can always be reached from the machine it runs on. */
const LOCAL_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '::1'];

/**
 * The tokens and certificates of a local installation, made where they are missing and kept in `folder`, readable by the owner
 * only. Processes that share the folder get the same tokens and the same authority.
 *
 * @param names under which the server is reached besides those of this machine
 * @throws InvalidTokenFile
 */
export async function loadLocalIdentity(folder: string, names: readonly string[] = []): Promise<LocalIdentity> {
  const tokens = new Tokens(await readTokens(folder));
  const authority = await loadAuthority(folder);
  return { tokens, tls: await loadServerCertificate(folder, authority, names), ca: authority.cert };
}

export const tokenFile = (folder: string): string => path.join(folder, 'token');

const readTokens = (folder: string): Promise<string> =>
  readOrMake(tokenFile(folder), async () => `${randomBytes(32).toString('base64url')}\n`);

export async function loadAuthority(folder: string): Promise<KeyAndCertificate> {
  const key = await readOrMake(path.join(folder, 'ca.key'), createKey);
  const cert = await readOrMake(path.join(folder, 'ca.crt'), () => certifyAuthority(key));
  return { key, cert };
}

/** A certificate that ends soon or does not name all hosts is issued again; clients keep trusting the authority. */
export async function loadServerCertificate(
  folder: string,
  authority: KeyAndCertificate,
  names: readonly string[] = [],
): Promise<KeyAndCertificate> {
  const hosts = [...new Set([...LOCAL_HOSTS, ...names])];
  const stored = await readPair(folder, 'tls');
  if (stored && stillServes(stored, authority, hosts)) return stored;
  const issued = await issueServerCertificate(authority, hosts);
  await writePrivate(path.join(folder, 'tls.key'), issued.key);
  await writePrivate(path.join(folder, 'tls.crt'), issued.cert);
  return issued;
}

async function readPair(folder: string, name: string): Promise<KeyAndCertificate | undefined> {
  const cert = await readIfThere(path.join(folder, `${name}.crt`));
  const key = await readIfThere(path.join(folder, `${name}.key`));
  return cert && key ? { cert, key } : undefined;
}
