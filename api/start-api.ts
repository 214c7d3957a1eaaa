import path from 'node:path';
import type { Logger } from 'pino';
import type { MigrationStore } from '../migrations-db/migration-store.js';
import { createApi } from './create-api.js';
import { writeKubeconfig } from './identity/kubeconfig.js';
import { loadLocalIdentity } from './identity/local-identity.js';

export interface StartedApi {
  url: string;
  /** File with address, certificate authority and token. */
  kubeconfig: string;
  close(): Promise<void>;
}

const DEFAULT_PORT = 8443;

/**
 * Serves the API over a store as the environment says: `MTC_HOME` (default `.mtc`) keeps token, certificates and the kubeconfig
 * this writes; it listens on `MTC_LISTEN` (default 127.0.0.1) and `MTC_PORT` (default 8443; 0 takes a free one).
 */
export async function startApi({ store, logger }: { store: MigrationStore; logger: Logger }): Promise<StartedApi> {
  const home = path.resolve(process.env.MTC_HOME || '.mtc');
  const identity = await loadLocalIdentity(home);
  const api = await createApi({ store, logger, token: identity.token, tls: identity.tls });
  const host = process.env.MTC_LISTEN || '127.0.0.1';
  const url = await api.listen({ host, port: portFromEnvironment() });
  const kubeconfig = await writeKubeconfig(home, url, identity);
  return { url, kubeconfig, close: () => api.close() };
}

function portFromEnvironment(): number {
  const port = Number(process.env.MTC_PORT || DEFAULT_PORT);
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw new Error(`MTC_PORT is ${JSON.stringify(process.env.MTC_PORT)}: it must be a port number.`);
}
