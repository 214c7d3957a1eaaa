import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { temporalFromEnvironment } from '../temporal/connection.js';
import { startPostgres } from './postgres.js';
import { startTemporal } from './temporal.js';

export interface LocalDefaults {
  /** DATABASE_URL, MTC_ENCRYPTION_KEY, TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE: for this process or for ones it starts. */
  environment: Record<string, string>;
  /** Undefined when Temporal was given by the environment. */
  temporalUi?: string;
  /** Stops what this started. */
  stop(): Promise<void>;
}

/**
 * What a developer's machine needs and production is told: a Postgres server, a Temporal dev server and an encryption key in `home`, each
 * only where the environment doesn't name one.
 */
export async function startLocalDefaults(home: string, say: (line: string) => void): Promise<LocalDefaults> {
  // Passable, not listable: when root runs this, Postgres does not; every file with a secret is for its owner alone.
  await mkdir(home, { recursive: true, mode: 0o711 });
  const given = temporalFromEnvironment();
  const [postgres, temporal, encryptionKey] = await Promise.all([
    process.env.DATABASE_URL ? undefined : startPostgres({ folder: path.join(home, 'postgres') }),
    given ? undefined : startTemporal({ folder: path.join(home, 'temporal'), say }),
    process.env.MTC_ENCRYPTION_KEY ?? ensureEncryptionKey(path.join(home, 'encryption-key')),
  ]);
  const { address, namespace } = temporal ?? given ?? { address: '', namespace: '' };
  return {
    environment: {
      DATABASE_URL: postgres?.url ?? process.env.DATABASE_URL ?? '',
      MTC_ENCRYPTION_KEY: encryptionKey,
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: namespace,
    },
    temporalUi: temporal?.uiUrl,
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
