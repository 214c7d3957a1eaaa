import { type MigrationStore, StoreError, SYSTEM_ACTOR } from '../migrations-db/migration-store.js';
import { namespace, SERVED_NAMESPACES } from '../resources/kinds/core/namespace.js';
import { apiVersionOf } from '../resources/kinds/index.js';
import { defaultMigrationController } from '../resources/kinds/migration-controller.js';
import type { KubeObject } from '../resources/meta/kube-object.js';
import { settingsSpec } from '../resources/run/setting-table.js';

const namespaceObject = (name: string): KubeObject => ({
  apiVersion: apiVersionOf(namespace),
  kind: namespace.kind,
  metadata: { name },
  status: { phase: 'Active' },
});

/** Makes the objects that are always there: the two namespaces, and the settings with every default filled in. */
export async function seed(store: MigrationStore): Promise<void> {
  for (const object of [...SERVED_NAMESPACES.map(namespaceObject), defaultMigrationController()]) {
    await createUnlessThere(store, object);
  }
  await fillInNewSettings(store);
}

async function createUnlessThere({ resources }: MigrationStore, object: KubeObject): Promise<void> {
  try {
    await resources.create(object, { actor: SYSTEM_ACTOR });
  } catch (error) {
    if (!(error instanceof StoreError && error.reason === 'AlreadyExists')) throw error;
  }
}

/** Settings this version knows and the one that stored the object did not. */
async function fillInNewSettings({ resources }: MigrationStore): Promise<void> {
  const { kind, metadata } = defaultMigrationController();
  const key = { kind, namespace: metadata.namespace ?? '', name: metadata.name };
  const fillIn = (current: KubeObject): KubeObject => ({
    ...current,
    spec: { ...settingsSpec.parse({}), ...current.spec },
  });
  await resources.update(key, fillIn, { actor: SYSTEM_ACTOR });
}
