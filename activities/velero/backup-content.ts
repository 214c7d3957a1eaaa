import { openStore } from '../../object-storage/open-store.js';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { VELERO_PREFIX } from './backup-location-manifest.js';
import { storageOfRun } from './run-storage.js';

interface Content {
  run: RunRef;
  record: RunRecord;
  /** Name of the Backup. */
  backup: string;
  signal: AbortSignal;
}

const keyOf = (backup: string): string => `${VELERO_PREFIX}/backups/${backup}/${backup}.tar.gz`;

async function readVersion(deps: ActivityDependencies, { record, backup, signal }: Content): Promise<string> {
  const store = openStore(await storageOfRun(deps, record));
  try {
    return await store.versionOf(keyOf(backup), { signal });
  } finally {
    store.close();
  }
}

/** Remembers what lies in the bucket when a Backup has ended: Velero does not write it again. */
export async function recordContent(deps: ActivityDependencies, content: Content): Promise<void> {
  const version = await readVersion(deps, content);
  await deps.store.runs.addFacts(content.run, { backupContent: { backup: content.backup, version } });
}

/**
 * Both clusters and all plans of a repository can write the bucket, and hooks and pauses leave hours for it. What nothing is known of may
 * be anything.
 *
 * @throws StepFailure BackupAltered when the content is not what it was when the Backup had ended
 */
export async function confirmContent(deps: ActivityDependencies, content: Content): Promise<void> {
  const known = (await deps.store.runs.get(content.run))?.facts.backupContent;
  const isKnown = known?.backup === content.backup;
  if (isKnown && known.version === (await readVersion(deps, content))) return;
  const { storage } = content.record;
  throw new StepFailure({
    type: FAILURE.BackupAltered,
    what: isKnown
      ? `The content of Backup ${content.backup} was written again after the Backup had ended`
      : `Nothing is recorded of the content of Backup ${content.backup}`,
    where: `MigStorage ${storage.namespace}/${storage.name}, object ${keyOf(content.backup)}`,
    why: isKnown
      ? 'Velero does not do this: whoever did can write the bucket. Nothing of it was restored.'
      : 'The migration has not waited for its end, so nothing tells whether others have written it since. Nothing of it was restored.',
    next: 'Find out who wrote it and renew the keys of the bucket, then start the migration again, which makes a new Backup.',
  });
}
