import type { MigrationStore } from '../../migrations-db/migration-store.js';
import { MIGRATION_CONTROLLER_NAME } from '../../resources/kinds/migration-controller.js';
import { MIGRATION_NAMESPACE } from '../../resources/meta/labels.js';
import { readSettings } from '../../resources/run/settings.js';

/** The settings as they stand now, over the defaults of this installation. */
export async function readStoredSettings(store: MigrationStore): Promise<ReturnType<typeof readSettings>> {
  const controller = await store.resources.get({
    kind: 'MigrationController',
    namespace: MIGRATION_NAMESPACE,
    name: MIGRATION_CONTROLLER_NAME,
  });
  return readSettings(controller?.spec, {
    transferImage: process.env.MTC_TRANSFER_IMAGE,
    hookRunnerImage: process.env.MTC_HOOK_RUNNER_IMAGE,
  });
}
