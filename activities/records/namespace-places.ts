import type { MigrationStore, NamespaceHolder, NamespacePlace } from '../../migrations-db/migration-store.js';
import type { MigPlan } from '../../resources/kinds/mig-plan.js';
import type { StepFailure } from '../../resources/meta/failure.js';
import { clusterUidsOf } from '../../resources/plan/cluster-uids.js';
import { parseMappings } from '../../resources/plan/mappings.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import { planNotReady } from './run-objects.js';

/** Where the runs of a plan work, by what it says now. */
export async function placesOfPlan({ resources }: MigrationStore, { spec }: MigPlan): Promise<NamespacePlace[]> {
  const uids = clusterUidsOf((await resources.list({ kind: 'MigCluster' })).items);
  const uidOf = (cluster: MigPlan['spec']['srcMigClusterRef']): string => {
    const name = `${cluster?.namespace}/${cluster?.name}`;
    return uids.get(name) ?? name;
  };
  const clusters = { source: uidOf(spec.srcMigClusterRef), target: uidOf(spec.destMigClusterRef) };
  return placesOf(clusters, parseMappings(spec.namespaces));
}

/** Where a run works, by its record. */
const placesOfRun = ({ source, target, namespaces }: RunRecord): NamespacePlace[] => {
  const uidOf = ({ clusterUid, namespace, name }: RunRecord['source']): string => clusterUid || `${namespace}/${name}`;
  return placesOf({ source: uidOf(source), target: uidOf(target) }, namespaces);
};

const placesOf = (
  clusters: Record<'source' | 'target', string>,
  mappings: readonly { source: string; target: string }[],
): NamespacePlace[] =>
  (['source', 'target'] as const).flatMap((side) =>
    [...new Set(mappings.map((mapping) => mapping[side]))].map((namespace) => ({
      clusterUid: clusters[side],
      namespace,
      side,
    })),
  );

/**
 * What a run works on by its record, in place of what its plan said when it took its turn: that may have been edited since, and a rollback or a
 * retry works where runs were before.
 *
 * @throws StepFailure PlanNotReady naming the run of another plan that works there
 */
export async function holdNamespaces({ runs }: MigrationStore, run: RunRef, record: RunRecord): Promise<void> {
  const lock = { plan: `${record.plan.namespace}/${record.plan.name}`, places: placesOfRun(record) };
  const holder = await runs.lockNamespaces(record.plan.uid, run, lock);
  if (holder) throw namespaceHeld(run, holder);
}

export const namespaceHeld = (run: RunRef, { namespace, plan, run: other }: NamespaceHolder): StepFailure =>
  planNotReady(
    run,
    `PlanConflict: ${other}, a migration of MigPlan ${plan}, works on namespace ${namespace} at this moment.`,
    'Wait until it has ended, and take the namespace out of one of the two plans; then retry this MigMigration or create a new one.',
  );
