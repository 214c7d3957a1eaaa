#!/usr/bin/env node
import { Command } from 'commander';
import { StartError } from '../config/problems.js';
import { processEnvironment } from '../config/process-environment.js';
import { readApiConfig } from '../config/read-config.js';
import { parseEncryptionKeys } from '../migrations-db/encryption.js';
import { UnknownKeyError } from '../migrations-db/known-keys.js';
import { rotateKeys } from '../migrations-db/rotate-keys.js';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function run(): Promise<void> {
  const { database, encryptionKeys } = readApiConfig(processEnvironment());
  const keys = parseEncryptionKeys(encryptionKeys);
  const counts = await rotateKeys(
    {
      databaseUrl: database.url,
      databaseTls: database.tls,
      encryptionKeys: keys,
      logger: { warn: (_, text) => say(text) },
    },
    (done) => say(`${done} values encrypted with key ${keys.current.id}`),
  );
  const lines = Object.entries({ [keys.current.id]: 0, ...counts });
  for (const [id, count] of lines) process.stdout.write(`key ${id}: ${count} values\n`);
  if (keys.others.length > 0)
    say('The other keys are no longer needed: take them out of MTC_ENCRYPTION_KEY everywhere.');
}

function explain(error: unknown): string {
  if (error instanceof UnknownKeyError)
    return `MTC_ENCRYPTION_KEY: ${error.message}. Add that key after the current one.`;
  if (error instanceof StartError) return error.message;
  return error instanceof Error ? error.message : String(error);
}

await new Command('rotate-keys')
  .description(
    'Encrypts all stored values of Secrets with the first key of MTC_ENCRYPTION_KEY, of the database in DATABASE_URL; says how many there are by key.',
  )
  .action(async () => {
    try {
      await run();
    } catch (error) {
      say(explain(error));
      process.exitCode = 1;
    }
  })
  .parseAsync();
