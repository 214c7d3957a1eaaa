import type { StorageAccess } from '../../object-storage/object-store.js';
import { FAILURE, StepFailure } from '../../resources/failure.js';
import type { MigStorage } from '../../resources/mig-storage.js';
import type { RunRecord } from '../../resources/run-record.js';
import type { ActivityDependencies } from '../dependencies.js';

/** The run's replication repository with its newest credentials. */
export async function storageAccessOf(
  { store }: ActivityDependencies,
  { storage: { namespace, name, uid } }: RunRecord,
): Promise<StorageAccess> {
  const storage = (await store.resources.get({ kind: 'MigStorage', namespace, name })) as MigStorage | undefined;
  if (storage?.metadata.uid !== uid) {
    throw missing(`MigStorage ${namespace}/${name}`, 'Create it again, then a new MigMigration.');
  }
  const ref = storage.spec.backupStorageConfig.credsSecretRef;
  const secret = ref && (await store.secrets.read(ref.namespace, ref.name));
  if (!secret) {
    throw missing(
      ref ? `Secret ${ref.namespace}/${ref.name}` : `credsSecretRef of MigStorage ${name}`,
      'Create the Secret with the credentials of the store and name it in the MigStorage.',
    );
  }
  const credentials = Object.fromEntries(
    Object.entries(secret.values).map(([key, value]) => [key, value.toString('utf8')]),
  );
  return { name, spec: storage.spec, credentials };
}

const missing = (object: string, next: string): StepFailure =>
  new StepFailure({
    type: FAILURE.NotFound,
    what: `${object} is not there any more`,
    where: 'replication repository',
    why: 'It was there when the plan was checked and was deleted since.',
    next,
  });
