import type { Logger } from 'pino';
import type { ListenConfig } from '../config/read-config.js';
import type { MigrationStore } from '../migrations-db/migration-store.js';
import { type ApiOptions, createApi } from './create-api.js';
import { writeKubeconfig } from './identity/kubeconfig.js';
import { loadLocalIdentity } from './identity/local-identity.js';

export interface StartedApi {
  url: string;
  /** File with address, certificate authority and token. */
  kubeconfig: string;
  close(): Promise<void>;
}

export interface StartApiOptions {
  store: MigrationStore;
  logger: Logger;
  /** `home` keeps token, certificates and the kubeconfig this writes; port 0 takes a free one. */
  config: ListenConfig;
  graceSeconds?: ApiOptions['graceSeconds'];
}

/** Serves the API over a store. */
export async function startApi({
  store,
  logger,
  config: { home, listen },
  graceSeconds,
}: StartApiOptions): Promise<StartedApi> {
  const identity = await loadLocalIdentity(home);
  const api = await createApi({ store, logger, token: identity.token, tls: identity.tls, graceSeconds });
  const url = await api.listen(listen);
  const kubeconfig = await writeKubeconfig(home, url, identity);
  return { url, kubeconfig, close: () => api.close() };
}
