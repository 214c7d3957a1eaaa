import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { StoreConfig } from '../config/read-config.js';
import type { TemporalTarget } from '../config/temporal-target.js';
import { startPostgres } from './postgres.js';
import { startTemporal } from './temporal.js';

/** What the environment names already. */
export interface LocalOptions extends Partial<StoreConfig> {
  temporal?: TemporalTarget;
  /** Path of the `temporal` program. */
  temporalCli?: string;
}

export interface LocalDefaults extends StoreConfig {
  temporal: TemporalTarget;
  /** Undefined when Temporal was given. */
  temporalUi?: string;
  /** DATABASE_URL, MTC_ENCRYPTION_KEY, TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE of what was started here, for other processes. */
  environment: Record<string, string>;
  /** Stops what this started. */
  stop(): Promise<void>;
}

/**
 * What a developer's machine needs and production gets from its environment: a Postgres server, a Temporal dev server and an encryption key
 * in `home`, each only where none is given.
 */
export async function startLocalDefaults(
  home: string,
  say: (line: string) => void,
  given: LocalOptions = {},
): Promise<LocalDefaults> {
  // Passable, not listable: when root runs this, Postgres does not; every file with a secret is for its owner alone.
  await mkdir(home, { recursive: true, mode: 0o711 });
  const [postgres, temporal, ownKey] = await Promise.all([
    given.database ? undefined : startPostgres({ folder: path.join(home, 'postgres') }),
    given.temporal
      ? undefined
      : startTemporal({ folder: path.join(home, 'temporal'), program: given.temporalCli, say }),
    given.encryptionKeys ? undefined : ensureEncryptionKey(path.join(home, 'encryption-key')),
  ]);
  const { address = '', namespace = '' } = temporal ?? {};
  return {
    database: given.database ?? { url: postgres?.url ?? '', tls: false },
    encryptionKeys: given.encryptionKeys ?? ownKey ?? '',
    temporal: given.temporal ?? { address, namespace },
    temporalUi: temporal?.uiUrl,
    environment: {
      ...(postgres && { DATABASE_URL: postgres.url }),
      ...(ownKey && { MTC_ENCRYPTION_KEY: ownKey }),
      ...(temporal && { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace }),
    },
    async stop() {
      await Promise.all([temporal?.stop(), postgres?.stop()]);
    },
  };
}

/** Outside the database, readable by its owner alone. */
async function ensureEncryptionKey(file: string): Promise<string> {
  try {
    await writeFile(file, randomBytes(32).toString('base64'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return (await readFile(file, 'utf8')).trim();
}
