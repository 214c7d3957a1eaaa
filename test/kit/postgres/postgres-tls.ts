import { chmod, chown, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { makeServerCertificate, type ServerCertificate } from '../cluster/certificates.js';
import type { TemporaryPostgres } from './temporary-postgres.js';

/** Makes a server answer over TLS alone, with a certificate for these hosts. */
export async function switchOnTls(
  { url }: TemporaryPostgres,
  hosts: string[],
  /** PEM of the authority of client certificates; without one clients need none. */
  clientAuthority?: string,
): Promise<ServerCertificate> {
  const made = await makeServerCertificate(hosts);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const folder: string = (await client.query('SHOW data_directory')).rows[0].data_directory;
    await put(folder, 'server.crt', made.cert);
    await put(folder, 'server.key', made.key);
    await put(folder, 'clients.crt', clientAuthority ?? made.ca);
    const clientCertificate = clientAuthority === undefined ? '' : 'clientcert=verify-ca';
    await put(folder, 'pg_hba.conf', `hostssl all all 127.0.0.1/32 scram-sha-256 ${clientCertificate}\n`);
    await client.query("ALTER SYSTEM SET ssl_ca_file = 'clients.crt'");
    await client.query('ALTER SYSTEM SET ssl = on');
    await client.query('SELECT pg_reload_conf()');
    // A reload is noticed by what is started after it.
    while ((await client.query('SHOW ssl')).rows[0].ssl !== 'on') await pause(20);
  } finally {
    await client.end();
  }
  return made;
}

/** Readable by the server's user alone, as Postgres wants its key. */
async function put(folder: string, name: string, text: string): Promise<void> {
  const file = path.join(folder, name);
  const { uid, gid } = await stat(folder);
  await writeFile(file, text);
  await chmod(file, 0o600);
  await chown(file, uid, gid);
}
