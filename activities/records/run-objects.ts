import { type MigrationStore, type ResourceKey, SYSTEM_ACTOR } from '../../migrations-db/migration-store.js';
import type { MigMigration } from '../../resources/kinds/mig-migration.js';
import type { MigPlan } from '../../resources/kinds/mig-plan.js';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { API_VERSION, LABELS, PLAN_FINALIZER } from '../../resources/meta/labels.js';
import { labelValue } from '../../resources/run/names.js';
import { type RunRef } from '../../resources/run/run-record.js';

export const runKey = (run: Omit<RunRef, 'attempt'>): ResourceKey => ({
  kind: run.kind,
  namespace: run.namespace,
  name: run.name,
});

/** The object whose run it is; undefined when it is gone, even if another one has its name now. */
export async function findRunObject(store: MigrationStore, run: RunRef): Promise<KubeObject | undefined> {
  const object = await store.resources.get(runKey(run));
  return object?.metadata.uid === run.uid ? object : undefined;
}

/** The run's migration and its plan. Throws PlanNotReady when one of them is missing. */
export async function readMigrationAndPlan(
  store: MigrationStore,
  run: RunRef,
): Promise<{ migration: MigMigration; plan: MigPlan }> {
  const migration = await findRunObject(store, run);
  if (!migration) {
    throw planNotReady(run, 'The MigMigration is gone.', 'Create it again.');
  }
  const reference: MigMigration['spec']['migPlanRef'] = migration.spec.migPlanRef;
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
  return { migration: migration as MigMigration, plan: plan as MigPlan };
}

export const planNotReady = (run: RunRef, why: string, next: string): StepFailure =>
  new StepFailure({
    type: FAILURE.PlanNotReady,
    what: 'The migration cannot start',
    where: `MigMigration ${run.namespace}/${run.name}`,
    why,
    next,
  });

/**
 * Puts MTC's labels on the migration and makes the plan its owner, so that it can be found by plan and goes with it. From then on the plan
 * is not removed before what its runs leave has been removed.
 */
export async function adoptMigration(store: MigrationStore, run: RunRef, plan: KubeObject): Promise<void> {
  const owner = { apiVersion: API_VERSION, kind: 'MigPlan', name: plan.metadata.name, uid: plan.metadata.uid ?? '' };
  await store.resources.update(
    runKey(run),
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
  await holdPlan(store, plan);
}

async function holdPlan(store: MigrationStore, plan: KubeObject): Promise<void> {
  const { namespace = '', name, uid } = plan.metadata;
  await store.resources.update(
    { kind: 'MigPlan', namespace, name },
    (current) => {
      const { finalizers = [], deletionTimestamp } = current.metadata;
      if (deletionTimestamp || finalizers.includes(PLAN_FINALIZER)) return current;
      return { ...current, metadata: { ...current.metadata, finalizers: [...finalizers, PLAN_FINALIZER] } };
    },
    { actor: SYSTEM_ACTOR, uid },
  );
}
