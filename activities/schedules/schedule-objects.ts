import type { MigrationStore } from '../../migrations-db/migration-store.js';
import type { MigMigration, MigPlan, MigSchedule } from '../../resources/kinds/index.js';
import { migMigration } from '../../resources/kinds/mig-migration.js';
import { scheduledAt, scheduleSelector } from '../../resources/schedules/scheduled-migration.js';
import type { ScheduleRef } from '../../temporal/contract/inputs.js';

/** The MigSchedule of that identity; undefined when it is gone or about to go, even if another one has its name now. */
export async function findSchedule(store: MigrationStore, ref: ScheduleRef): Promise<MigSchedule | undefined> {
  const { namespace, name } = ref;
  const object = await store.resources.get({ kind: 'MigSchedule', namespace, name });
  if (object?.metadata.uid !== ref.uid || object.metadata.deletionTimestamp !== undefined) return undefined;
  return object as MigSchedule;
}

/** The plan of a schedule; undefined when it is missing or about to go. */
export async function findPlan(store: MigrationStore, { spec }: MigSchedule): Promise<MigPlan | undefined> {
  if (!spec.migPlanRef) return undefined;
  const plan = await store.resources.get({ kind: 'MigPlan', ...spec.migPlanRef });
  return plan?.metadata.deletionTimestamp === undefined ? (plan as MigPlan | undefined) : undefined;
}

/** The migrations a schedule has made. */
export async function migrationsOf(store: MigrationStore, { metadata }: MigSchedule): Promise<MigMigration[]> {
  const { namespace, name } = metadata;
  const query = { kind: migMigration.kind, namespace, labelSelector: scheduleSelector(name) };
  const { items } = await store.resources.list(query);
  return (items as MigMigration[]).filter((migration) => scheduledAt(migration) !== undefined);
}
