import type { Logger } from 'pino';
import { StartError } from '../config/problems.js';
import type { ListenConfig } from '../config/read-config.js';
import type { MigrationStore } from '../migrations-db/migration-store.js';
import { type ApiOptions, createApi } from './create-api.js';
import { keepCurrent, type Periods } from './identity/keep-current.js';
import { writeKubeconfig } from './identity/kubeconfig.js';
import { loadLocalIdentity, tokenFile } from './identity/local-identity.js';
import { InvalidTokenFile } from './identity/token-file.js';

export interface StartedApi {
  url: string;
  /** File with address, certificate authority and token. */
  kubeconfig: string;
  close(): Promise<void>;
}

export interface StartApiOptions {
  store: MigrationStore;
  logger: Logger;
  /** `home` keeps tokens, certificates and the kubeconfig this writes; port 0 takes a free one. */
  config: ListenConfig;
  graceSeconds?: ApiOptions['graceSeconds'];
  /** How often tokens and certificate are looked at. */
  periods?: Partial<Periods>;
}

/** Serves the API over a store. */
export async function startApi({
  store,
  logger,
  config: { home, listen, serverNames },
  graceSeconds,
  periods,
}: StartApiOptions): Promise<StartedApi> {
  const identity = await loadLocalIdentity(home, serverNames).catch(explain(home));
  const { tokens, tls } = identity;
  const api = await createApi({ store, logger, tokens, tls, graceSeconds });
  const url = await api.listen(listen);
  const writeConfig = () => writeKubeconfig(home, url, { ca: identity.ca, token: tokens.admin });
  const kubeconfig = await writeConfig();
  const stopLooking = keepCurrent(
    home,
    serverNames,
    identity,
    { logger, onTokens: async () => void (await writeConfig()), onCertificate: (pair) => api.useCertificate(pair) },
    periods,
  );
  return {
    url,
    kubeconfig,
    close() {
      stopLooking();
      return api.close();
    },
  };
}

const explain = (home: string) => (error: unknown) => {
  if (!(error instanceof InvalidTokenFile)) throw error;
  const remedy = `Correct ${tokenFile(home)}, or remove it to have one made.`;
  throw new StartError([{ variable: 'MTC_HOME', what: `${error.message}.`, remedy }], { cause: error });
};
