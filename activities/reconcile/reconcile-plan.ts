import { isClusterFault } from '../../clusters/cluster-fault.js';
import { KubernetesApiError } from '../../clusters/kubernetes-api-error.js';
import type { MigPlan } from '../../resources/kinds/mig-plan.js';
import { type ConditionFinding, conditionsOf } from '../../resources/meta/conditions.js';
import { advisory, critical, warn } from '../../resources/meta/findings.js';
import { clusterUidsOf } from '../../resources/plan/cluster-uids.js';
import { conflictFindings } from '../../resources/plan/conflicts.js';
import { hookFindings } from '../../resources/plan/hooks.js';
import { parseMappings } from '../../resources/plan/mappings.js';
import { namespaceFindings } from '../../resources/plan/namespaces.js';
import { notYetSupportedFindings } from '../../resources/plan/not-yet-supported.js';
import { convertsOnly } from '../../resources/plan/plan-type.js';
import { isReady, type PlanLookups, referenceFindings } from '../../resources/plan/references.js';
import { suspensionFindings } from '../../resources/plan/suspension.js';
import type { SettingProblem } from '../../resources/run/settings.js';
import type { CheckOutcome, ObjectInput } from '../../temporal/contract/inputs.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { checkObject, type Inspection } from '../records/check-object.js';
import { planMigrations } from '../records/plan-migrations.js';
import { plansBeside } from '../records/plans-beside.js';
import { readStoredSettings } from '../records/stored-settings.js';
import { previewRollback } from '../rollback/preview-rollback.js';
import { inspectPlanClusters } from './inspect-plan-clusters.js';
import { lookUpHooks } from './inspect-plan-hooks.js';

/** Without these a plan is not Ready, however few problems are known. A plan that only converts storage classes needs no repository. */
const requirements = (converts: boolean): string[] =>
  converts ? ['PvsDiscovered'] : ['PvsDiscovered', 'StorageEnsured'];

/**
 * Checks a plan and discovers its volumes.
 *
 * @param options.refresh for a run that begins: looks at the clusters although the plan is suspended, and throws what may pass by itself
 *   (a cluster that does not answer just now), so that it is tried again
 */
export const reconcilePlan = (
  deps: ActivityDependencies,
  input: ObjectInput,
  options: { refresh?: boolean } = {},
): Promise<CheckOutcome> =>
  checkObject<MigPlan>(deps.store, 'MigPlan', input, async (plan) => {
    const inspection = await inspectPlan(deps, plan, options.refresh === true);
    return { ...inspection, status: { ...inspection.status, rollback: await previewRollback(deps, plan) } };
  });

async function inspectPlan(deps: ActivityDependencies, plan: MigPlan, forRun: boolean): Promise<Inspection> {
  if (plan.spec.closed) {
    const closed = advisory('Closed', undefined, 'The plan is closed: no migration of it can start any more.');
    return { findings: [closed], requires: requirements(false) };
  }
  const { store } = deps;
  const [lookups, hooks, plans, clusterObjects, migrations, { settings, problems }] = await Promise.all([
    lookUp(deps, plan),
    lookUpHooks(deps, plan),
    plansBeside(store, plan),
    store.resources.list({ kind: 'MigCluster' }),
    planMigrations(store, plan),
    readStoredSettings(deps),
  ]);
  const listFindings = namespaceFindings(parseMappings(plan.spec.namespaces), settings.limits.namespaces);
  const wrongHooks = hookFindings(hooks, settings.hookRunnerImage);
  const { storage, ...clusters } = lookups;
  const findings = [
    ...referenceFindings(clusters),
    ...listFindings,
    ...conflictFindings(plan, plans, clusterUidsOf(clusterObjects.items)),
    ...wrongHooks,
    ...defaultedFindings(problems),
  ];
  const notBuilt = problems.filter(({ blocks }) => blocks).map(describeSetting);
  const status = { excludedResources: settings.excludedResources };

  const suspended = suspensionFindings(migrations);
  findings.push(...suspended);
  // Two names of one cluster are found out by looking at them.
  const converts = convertsOnly(plan, isSameReference(clusters));
  const conclude = (more: readonly ConditionFinding[], { withoutStorage = converts } = {}): Inspection => ({
    findings: [...findings, ...(withoutStorage ? [] : referenceFindings({ storage })), ...more],
    requires: requirements(withoutStorage),
    status,
  });
  if (suspended.length > 0 && !forRun && !plan.spec.refresh) {
    const known = conditionsOf(plan);
    const withoutStorage = converts || known.some(({ reason }) => reason === 'StorageConversionPlan');
    return conclude(
      known.filter(({ type }) => [...requirements(withoutStorage), 'MigrationTypeIdentified'].includes(type)),
      { withoutStorage },
    );
  }
  if (!isReady(lookups.source) || !isReady(lookups.target) || listFindings.length > 0) {
    return conclude(
      notYetSupportedFindings(
        plan,
        plan.spec.persistentVolumes,
        { imageStreamNamespaces: [], dataVolumes: [] },
        notBuilt,
      ),
    );
  }
  try {
    const soundHooks = wrongHooks.length === 0 ? hooks : [];
    const seen = await inspectPlanClusters(deps, { plan, lookups, hooks: soundHooks, settings, notBuilt });
    const inspection = conclude(seen.findings, { withoutStorage: seen.converts });
    return { ...inspection, status: { ...status, ...seen.status }, spec: seen.spec };
  } catch (error) {
    if (forRun && error instanceof KubernetesApiError && error.retryable) throw error;
    return conclude([reconcileFailed(error)]);
  }
}

const isSameReference = ({ source, target }: Pick<PlanLookups, 'source' | 'target'>): boolean =>
  source.reference?.name === target.reference?.name && source.reference?.namespace === target.reference?.namespace;

async function lookUp({ store }: ActivityDependencies, { spec }: MigPlan): Promise<PlanLookups> {
  const read = async (kind: string, reference: { namespace: string; name: string } | undefined) => ({
    reference,
    object: reference && (await store.resources.get({ kind, ...reference })),
  });
  const [source, target, storage] = await Promise.all([
    read('MigCluster', spec.srcMigClusterRef),
    read('MigCluster', spec.destMigClusterRef),
    read('MigStorage', spec.migStorageRef),
  ]);
  return { source, target, storage };
}

function defaultedFindings(problems: readonly SettingProblem[]): ConditionFinding[] {
  const items = problems.filter(({ blocks }) => !blocks).map(describeSetting);
  if (items.length === 0) return [];
  return [warn('SettingsIgnored', 'Invalid', 'Settings of MigrationController cannot be read: []', items)];
}

const describeSetting = ({ field, message }: SettingProblem): string => `${field} of MigrationController: ${message}`;

/** A cluster that fails in the middle of a check is the cluster's story; anything else is thrown and tried again. */
function reconcileFailed(error: unknown): ConditionFinding {
  if (isClusterFault(error)) return critical('ReconcileFailed', 'ClusterFailed', error.message);
  throw error;
}
