import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { createAuthority, issueServerCertificate, type KeyAndCertificate, stillServes } from './certificates.js';
import { readIfThere, writePrivate } from './private-files.js';

export interface LocalIdentity {
  token: string;
  tls: KeyAndCertificate;
  /** PEM certificate of the authority that clients trust. */
  ca: string;
}

/** Names under which the API can always be reached from the machine it runs on. */
const LOCAL_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '::1'];

/**
 * The token and certificates of a local installation, made where they are missing and kept in `folder`, readable by the owner
 * only. A server certificate that ends soon or does not name all hosts is issued again; clients keep trusting the authority.
 */
export async function loadLocalIdentity(
  folder: string,
  hosts: readonly string[] = LOCAL_HOSTS,
): Promise<LocalIdentity> {
  const token = await loadToken(path.join(folder, 'token'));
  const authority = (await readPair(folder, 'ca')) ?? (await savePair(folder, 'ca', await createAuthority()));
  const stored = await readPair(folder, 'tls');
  const tls =
    stored && stillServes(stored, authority, hosts)
      ? stored
      : await savePair(folder, 'tls', await issueServerCertificate(authority, hosts));
  return { token, tls, ca: authority.cert };
}

async function loadToken(file: string): Promise<string> {
  const stored = (await readIfThere(file))?.trim();
  if (stored) return stored;
  const token = randomBytes(32).toString('base64url');
  await writePrivate(file, `${token}\n`);
  return token;
}

async function readPair(folder: string, name: string): Promise<KeyAndCertificate | undefined> {
  const cert = await readIfThere(path.join(folder, `${name}.crt`));
  const key = await readIfThere(path.join(folder, `${name}.key`));
  return cert && key ? { cert, key } : undefined;
}

async function savePair(folder: string, name: string, pair: KeyAndCertificate): Promise<KeyAndCertificate> {
  await writePrivate(path.join(folder, `${name}.key`), pair.key);
  await writePrivate(path.join(folder, `${name}.crt`), pair.cert);
  return pair;
}
