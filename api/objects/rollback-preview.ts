import type { MigrationStore } from '../../migrations-db/migration-store.js';
import type { MigPlan } from '../../resources/kinds/mig-plan.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { rollbackList } from '../../resources/rollback/rollback-list.js';
import type { RecordedObject } from '../../resources/run/created-object.js';

type ListedObject = Pick<RecordedObject, 'apiVersion' | 'kind' | 'namespace' | 'name' | 'uid'> & { cluster: string };

/** What a rollback of a plan would do now, according to what is recorded. */
export interface RollbackPreview {
  /** Deleted in this order, each if it is still there under this uid and carries the plan's label. */
  deletes: ListedObject[];
  /** PersistentVolumes that get back the reclaim policy they had. */
  releases: ListedObject[];
  /** What is left where it is, and why. */
  stays: (ListedObject & { reason: string })[];
  /** Claims among the deleted that running pods write to, as the last check of the plan saw it: what they wrote is given up. */
  discards: NonNullable<NonNullable<MigPlan['status']>['rollback']>['discards'];
}

export async function rollbackPreview({ runs }: MigrationStore, plan: KubeObject): Promise<RollbackPreview> {
  const uid = plan.metadata.uid ?? '';
  const [recorded, outlines] = await Promise.all([runs.createdBy(uid), runs.ofPlan(uid)]);
  const { objects, volumes, elsewhere } = rollbackList(recorded, outlines.at(-1)?.target);
  return {
    deletes: objects.map(listed),
    releases: volumes.map(listed),
    stays: elsewhere.map((object) => ({
      ...listed(object),
      reason: `It is on cluster ${object.clusterName}, which the plan no longer migrates to.`,
    })),
    discards: plan.status?.rollback?.discards ?? [],
  };
}

/** The reply to a dry run of a rollback tells in `status.rollback` what it would do. */
export async function withRollbackPreview(store: MigrationStore, migration: KubeObject): Promise<KubeObject> {
  const { migPlanRef, rollback } = migration.spec ?? {};
  if (migration.kind !== 'MigMigration' || !rollback || !migPlanRef) return migration;
  const plan = await store.resources.get({ kind: 'MigPlan', ...migPlanRef });
  return plan ? { ...migration, status: { rollback: await rollbackPreview(store, plan) } } : migration;
}

const listed = ({ clusterName, apiVersion, kind, namespace, name, uid }: RecordedObject): ListedObject => ({
  cluster: clusterName,
  apiVersion,
  kind,
  ...(namespace !== undefined && { namespace }),
  name,
  uid,
});
