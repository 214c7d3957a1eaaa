import type { MigPlan } from '../../resources/kinds/mig-plan.js';
import type { RunCluster, RunRecord, RunRef, RunSummary } from '../../resources/run/run-record.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { refuseIfEnded } from '../kit/while-running.js';
import { holdNamespaces } from '../records/namespace-places.js';
import { readRunCluster } from '../records/run-cluster.js';
import { adoptMigration, planNotReady, readMigrationAndPlan } from '../records/run-objects.js';
import { readStoredSettings } from '../records/stored-settings.js';
import { summarizeRun } from '../records/summarize-run.js';
import { buildRollbackRecord } from './build-rollback-record.js';
import { runsToUndo } from './runs-to-undo.js';

/** Makes the record of a rollback from what the plan's runs did. A repeated call returns the first record. */
export async function freezeRollback(
  deps: ActivityDependencies,
  { run, workflowId }: { run: RunRef; workflowId: string },
): Promise<RunSummary> {
  const { store } = deps;
  await refuseIfEnded(deps, run);
  const frozen = await store.runs.get(run);
  if (frozen?.record) return summarizeRun(frozen.record);

  const { migration, plan } = await readMigrationAndPlan(store, run);
  await adoptMigration(store, run, plan);
  const rows = (await store.runs.ofPlan(plan.metadata.uid ?? '')).filter(({ ref }) => ref.uid !== run.uid);
  const last = rows.at(-1);
  const newest = last && (await store.runs.record(last.ref));
  const [source, target, runs, { settings }] = await Promise.all([
    clusterOf(deps, run, newest?.source, { plan, field: 'srcMigClusterRef' }),
    clusterOf(deps, run, newest?.target, { plan, field: 'destMigClusterRef' }),
    runsToUndo(store, rows),
    readStoredSettings(deps),
  ]);
  const storage = newest?.storage ?? storageOf(plan);
  const record = buildRollbackRecord({ run, migration, plan, runs, source, target, storage, settings });
  await holdNamespaces(store, run, record);
  const row = { ref: run, itinerary: record.itinerary, state: 'Running' as const, workflowId };
  return summarizeRun(await store.runs.freeze(row, record));
}

/** The cluster the newest run was on, if it still is that one; else the plan's. */
async function clusterOf(
  deps: ActivityDependencies,
  run: RunRef,
  recorded: RunCluster | undefined,
  { plan, field }: { plan: MigPlan; field: 'srcMigClusterRef' | 'destMigClusterRef' },
): Promise<RunCluster> {
  const reference = recorded ?? plan.spec[field];
  if (!reference) {
    throw planNotReady(
      run,
      `spec.${field} of MigPlan ${plan.metadata.name} is not set, and no run of it tells the cluster.`,
      'Set it, then create the rollback again.',
    );
  }
  const { namespace, name } = reference;
  if (!(await deps.store.resources.get({ kind: 'MigCluster', namespace, name }))) {
    throw planNotReady(
      run,
      `There is no MigCluster ${namespace}/${name}, which ${recorded ? 'the newest run of the plan' : `spec.${field} of the plan`} names.`,
      'Create it again for the same cluster, then create the rollback again.',
    );
  }
  const cluster = await readRunCluster(deps, { namespace, name });
  if (recorded && cluster.clusterUid !== recorded.clusterUid) {
    throw planNotReady(
      run,
      `MigCluster ${namespace}/${name} is another cluster than the one the plan's newest run worked on.`,
      'Make the MigCluster name the former cluster again, then create the rollback again.',
    );
  }
  return cluster;
}

/** Kept in the record for whoever reads it; a rollback itself needs no replication repository. */
const storageOf = ({ spec: { migStorageRef } }: MigPlan): RunRecord['storage'] => ({
  namespace: migStorageRef?.namespace ?? '',
  name: migStorageRef?.name ?? '',
  uid: '',
});
