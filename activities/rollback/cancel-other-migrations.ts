import { isGoneOrReplaced, type MigrationStore, SYSTEM_ACTOR } from '../../migrations-db/migration-store.js';
import type { MigMigration } from '../../resources/kinds/mig-migration.js';
import { MIGRATION_FINALIZER } from '../../resources/meta/labels.js';
import type { RunRef } from '../../resources/run/run-record.js';
import { refuseIfEnded } from '../kit/while-running.js';
import { migrationsOfPlan } from '../records/plan-migrations.js';
import { readMigrationAndPlan } from '../records/run-objects.js';

/** Another rollback is waited for: canceling it would leave the application between the two sides. */
export async function cancelOtherMigrations(
  store: MigrationStore,
  { run }: { run: RunRef },
): Promise<{ asked: string[] }> {
  await refuseIfEnded({ store }, run);
  const { plan } = await readMigrationAndPlan(store, run);
  const unfinished = (await migrationsOfPlan(store, plan)).filter(
    ({ metadata, spec }) =>
      metadata.uid !== run.uid && !spec.rollback && metadata.finalizers?.includes(MIGRATION_FINALIZER),
  );
  for (const migration of unfinished) await cancel(store, migration);
  return { asked: unfinished.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`) };
}

async function cancel({ resources }: MigrationStore, { kind, metadata }: MigMigration): Promise<void> {
  const { namespace = '', name, uid } = metadata;
  try {
    await resources.update(
      { kind, namespace, name },
      (current) => ({ ...current, spec: { ...current.spec, canceled: true } }),
      { actor: SYSTEM_ACTOR, uid },
    );
  } catch (error) {
    // It has ended and been deleted, and perhaps created again.
    if (!isGoneOrReplaced(error)) throw error;
  }
}
