import { MIGRATION_CONTROLLER_NAME } from '../../resources/kinds/migration-controller.js';
import { MIGRATION_NAMESPACE } from '../../resources/meta/labels.js';
import { readSettings } from '../../resources/run/settings.js';
import type { ActivityDependencies } from '../kit/dependencies.js';

/** The current settings, over the defaults of this installation. */
export async function readStoredSettings({
  store,
  images,
}: Pick<ActivityDependencies, 'store' | 'images'>): Promise<ReturnType<typeof readSettings>> {
  const controller = await store.resources.get({
    kind: 'MigrationController',
    namespace: MIGRATION_NAMESPACE,
    name: MIGRATION_CONTROLLER_NAME,
  });
  return readSettings(controller?.spec, images);
}
