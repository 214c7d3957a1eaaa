import type { MigrationStore } from '../../migrations-db/migration-store.js';
import type { MigPlan } from '../../resources/kinds/mig-plan.js';
import { identityOf } from '../../resources/meta/kube-object.js';
import { type Refusal, refuseMigration } from '../../resources/plan/admission.js';
import { clusterUidsOf } from '../../resources/plan/cluster-uids.js';
import { sharedNamespaces } from '../../resources/plan/conflicts.js';
import { cutoverOf, type PlanMigration } from '../../resources/plan/plan-migration.js';
import { refuseWithinOneCluster } from '../../resources/plan/within-one-cluster.js';
import { isWithinOneCluster, type RunRecord, type RunRef, type RunSummary } from '../../resources/run/run-record.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { refuseIfEnded } from '../kit/while-running.js';
import { lookUpHooks } from '../reconcile/inspect-plan-hooks.js';
import { reconcilePlan } from '../reconcile/reconcile-plan.js';
import { holdNamespaces } from '../records/namespace-places.js';
import { planMigrations } from '../records/plan-migrations.js';
import { plansBeside } from '../records/plans-beside.js';
import { readReferenced, readRunCluster } from '../records/run-cluster.js';
import { adoptMigration, planNotReady, readMigrationAndPlan } from '../records/run-objects.js';
import { readStoredSettings } from '../records/stored-settings.js';
import { summarizeRun } from '../records/summarize-run.js';
import { buildRunRecord } from './build-run-record.js';
import { type TakenOver, takeOver } from './former-attempt.js';
import { readSelectedClaims } from './selected-claims.js';

/**
 * Makes the record of a run from what migration, plan, clusters and settings say now; a retry that continues after the commit point takes
 * over that of its former attempt. A repeated call returns the first record.
 */
export async function freezeRun(
  deps: ActivityDependencies,
  { run, workflowId }: { run: RunRef; workflowId: string },
): Promise<RunSummary> {
  const { store } = deps;
  await refuseIfEnded(deps, run);
  const frozen = await store.runs.get(run);
  if (frozen?.record) return summarizeRun(frozen.record);
  const former = await takeOver(store, run);
  if (former) {
    await holdNamespaces(store, run, former.record);
    return summarizeRun(await freeze(store, { run, workflowId }, former));
  }

  const { migration, plan } = await readFreshPlan(deps, run);
  if (migration.spec.rollback) throw new Error(`${run.name} is a rollback: its record is made by freezeRollback`);
  await adoptMigration(store, run, plan);
  const others = await otherMigrations(store, plan, run);
  refuse(run, refuseMigration(migration, plan, others));
  const [source, target, hooks, { settings }, plans, clusters] = await Promise.all([
    readRunCluster(deps, plan.spec.srcMigClusterRef),
    readRunCluster(deps, plan.spec.destMigClusterRef),
    lookUpHooks(deps, plan),
    readStoredSettings(deps),
    plansBeside(store, plan),
    store.resources.list({ kind: 'MigCluster' }),
  ]);
  const oneCluster = isWithinOneCluster({ source, target });
  if (oneCluster) refuse(run, refuseWithinOneCluster(migration, plan));
  const record = buildRunRecord({
    run,
    migration,
    plan,
    source,
    target,
    storage: oneCluster && migration.spec.migrateState ? NO_STORAGE : await readStorage(deps, plan),
    settings,
    hooks,
    isSelected: await readSelectedClaims(deps, plan, source),
    sharedNamespaces: sharedNamespaces(plan, plans, {
      closedToo: migration.spec.migrateState,
      clusterUids: clusterUidsOf(clusters.items),
    }),
  });
  await holdNamespaces(store, run, record);
  return summarizeRun(await freeze(store, { run, workflowId }, { record }));
}

const freeze = (
  { runs }: MigrationStore,
  { run: ref, workflowId }: { run: RunRef; workflowId: string },
  { record, facts }: Pick<TakenOver, 'record'> & Partial<TakenOver>,
): Promise<RunRecord> => runs.freeze({ ref, itinerary: record.itinerary, state: 'Running', workflowId, facts }, record);

/** Of runs that bring no objects. */
const NO_STORAGE: RunRecord['storage'] = { namespace: '', name: '', uid: '' };

const readStorage = async (deps: ActivityDependencies, { spec }: MigPlan): Promise<RunRecord['storage']> =>
  identityOf(await readReferenced(deps, 'MigStorage', spec.migStorageRef));

function refuse(run: RunRef, refusals: readonly Refusal[]): void {
  if (refusals.length === 0) return;
  throw planNotReady(
    run,
    refusals.map(({ condition, message }) => `${condition}: ${message}`).join(' '),
    'Fix what the conditions name; when MigPlan is Ready, retry this MigMigration or create a new one.',
  );
}

/** The plan checked again: what was added to the source since its last check is part of the run, and what is wrong stops it. */
async function readFreshPlan(deps: ActivityDependencies, run: RunRef) {
  const { plan } = await readMigrationAndPlan(deps.store, run);
  const { namespace = '', name } = plan.metadata;
  if (!cutoverOf(await otherMigrations(deps.store, plan, run))) {
    await reconcilePlan(deps, { namespace, name }, { refresh: true });
  }
  return readMigrationAndPlan(deps.store, run);
}

const otherMigrations = async (store: MigrationStore, plan: MigPlan, run: RunRef): Promise<PlanMigration[]> =>
  (await planMigrations(store, plan)).filter(({ uid }) => uid !== run.uid);
