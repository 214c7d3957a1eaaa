import { type MigrationStore, SYSTEM_ACTOR } from '../../migrations-db/migration-store.js';
import { FAILURE, StepFailure } from '../../resources/failure.js';
import type { KubeObject } from '../../resources/kube-object.js';
import { API_VERSION, LABELS } from '../../resources/labels.js';
import type { MigMigration } from '../../resources/mig-migration.js';
import type { MigPlan } from '../../resources/mig-plan.js';
import { labelValue } from '../../resources/names.js';
import type { RunRef } from '../../resources/run-record.js';

export const migrationKey = ({ namespace, name }: Pick<RunRef, 'namespace' | 'name'>) => ({
  kind: 'MigMigration',
  namespace,
  name,
});

/** The run's own migration; undefined when it is gone, even if another one has its name now. */
export async function findMigration(store: MigrationStore, run: RunRef): Promise<MigMigration | undefined> {
  const migration = await store.resources.get(migrationKey(run));
  return migration?.metadata.uid === run.uid ? (migration as MigMigration) : undefined;
}

/** The run's migration and its plan. Throws PlanNotReady when one of them is missing. */
export async function readMigrationAndPlan(
  store: MigrationStore,
  run: RunRef,
): Promise<{ migration: MigMigration; plan: MigPlan }> {
  const migration = await findMigration(store, run);
  if (!migration) {
    throw planNotReady(run, 'The MigMigration is gone.', 'Create it again.');
  }
  const reference = migration.spec.migPlanRef;
  if (!reference) {
    throw planNotReady(
      run,
      'InvalidPlanRef: spec.migPlanRef is not set.',
      'Create a MigMigration that names its plan.',
    );
  }
  const plan = await store.resources.get({ kind: 'MigPlan', ...reference });
  if (!plan) {
    throw planNotReady(
      run,
      `InvalidPlanRef: there is no MigPlan ${reference.namespace}/${reference.name}.`,
      'Create the plan, then a new MigMigration.',
    );
  }
  return { migration, plan: plan as MigPlan };
}

export const planNotReady = (run: RunRef, why: string, next: string): StepFailure =>
  new StepFailure({
    type: FAILURE.PlanNotReady,
    what: 'The migration cannot start',
    where: `MigMigration ${run.namespace}/${run.name}`,
    why,
    next,
  });

/** Puts MTC's labels on the migration and makes the plan its owner, so that it can be found by plan and goes with it. */
export async function adoptMigration(store: MigrationStore, run: RunRef, plan: KubeObject): Promise<void> {
  const owner = { apiVersion: API_VERSION, kind: 'MigPlan', name: plan.metadata.name, uid: plan.metadata.uid ?? '' };
  await store.resources.update(
    migrationKey(run),
    (current) => ({
      ...current,
      metadata: {
        ...current.metadata,
        labels: {
          ...current.metadata.labels,
          [LABELS.planName]: labelValue(plan.metadata.name),
          [LABELS.migrationName]: labelValue(run.name),
          [LABELS.migrationUid]: run.uid,
        },
        ownerReferences: [...(current.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== owner.uid), owner],
      },
    }),
    { actor: SYSTEM_ACTOR, uid: run.uid },
  );
}
