import { afterAll, beforeAll, expect, it } from 'vitest';
import { SYSTEM_ACTOR } from '../migrations-db/migration-store.js';
import { startTemporaryStore, type TemporaryStore } from '../test/kit/postgres/temporary-store.js';
import { removeOwned } from './remove-owned.js';

let temporary: TemporaryStore;
beforeAll(async () => {
  temporary = await startTemporaryStore();
});
afterAll(() => temporary?.remove());

const namespace = 'openshift-migration';

const put = (kind: string, name: string, label: string, owner: string) =>
  temporary.store.resources.create(
    {
      apiVersion: 'migration.openshift.io/v1alpha1',
      kind,
      metadata: {
        namespace,
        name,
        labels: { [label]: 'owner' },
        ownerReferences: [{ apiVersion: 'migration.openshift.io/v1alpha1', kind: 'any', name: 'any', uid: owner }],
      },
      spec: {},
    },
    { actor: SYSTEM_ACTOR },
  );
const names = async (kind: string) =>
  (await temporary.store.resources.list({ kind })).items.map(({ metadata }) => metadata.name);

it('removes what an object that is gone owned, and nothing else', async () => {
  await put('DirectVolumeMigration', 'shown', 'migration-direct-volume', 'owner');
  await put('DirectVolumeMigration', 'labelled-by-hand', 'migration-direct-volume', 'another');
  await put('DirectVolumeMigrationProgress', 'progress', 'directvolumemigration', 'owner');
  await removeOwned(temporary.store, { kind: 'MigMigration', namespace, uid: 'owner' });
  expect(await names('DirectVolumeMigration')).toEqual(['labelled-by-hand']);
  expect(await names('DirectVolumeMigrationProgress')).toEqual(['progress']);
  await removeOwned(temporary.store, { kind: 'DirectVolumeMigration', namespace, uid: 'owner' });
  expect(await names('DirectVolumeMigrationProgress')).toEqual([]);
  await removeOwned(temporary.store, { kind: 'MigPlan', namespace, uid: 'owner' });
});
