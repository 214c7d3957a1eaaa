import { InvalidClusterAccess } from '../../clusters/cluster-access.js';
import { KubernetesApiError } from '../../clusters/kubernetes-api-error.js';
import { type ConditionFinding, conditionsOf } from '../../resources/conditions.js';
import { StepFailure } from '../../resources/failure.js';
import { advisory, critical, warn } from '../../resources/findings.js';
import type { MigPlan } from '../../resources/mig-plan.js';
import { conflictFindings } from '../../resources/plan-rules/conflicts.js';
import { hookFindings } from '../../resources/plan-rules/hooks.js';
import { parseMappings } from '../../resources/plan-rules/mappings.js';
import { namespaceFindings } from '../../resources/plan-rules/namespaces.js';
import { notYetSupportedFindings } from '../../resources/plan-rules/not-yet-supported.js';
import { isReady, type PlanLookups, referenceFindings } from '../../resources/plan-rules/references.js';
import { suspensionFindings } from '../../resources/plan-rules/suspension.js';
import type { SettingProblem } from '../../resources/settings.js';
import type { ActivityDependencies } from '../dependencies.js';
import { checkObject, type Inspection } from './check-object.js';
import type { CheckOutcome, ObjectInput } from './contract.js';
import { inspectPlanClusters } from './inspect-plan-clusters.js';
import { lookUpHooks } from './inspect-plan-hooks.js';
import { planMigrations } from './plan-migrations.js';
import { readStoredSettings } from './stored-settings.js';

/** Without these a plan is not Ready, however few problems are known. */
const REQUIRES = ['PvsDiscovered', 'StorageEnsured'];

/**
 * Checks a plan and discovers its volumes.
 *
 * @param options.refresh look at the clusters although the plan is suspended
 */
export const reconcilePlan = (
  deps: ActivityDependencies,
  input: ObjectInput,
  options: { refresh?: boolean } = {},
): Promise<CheckOutcome> =>
  checkObject<MigPlan>(deps.store, 'MigPlan', input, (plan) =>
    inspectPlan(deps, plan, options.refresh === true || plan.spec.refresh),
  );

async function inspectPlan(deps: ActivityDependencies, plan: MigPlan, refresh: boolean): Promise<Inspection> {
  if (plan.spec.closed) {
    const closed = advisory('Closed', undefined, 'The plan is closed: no migration of it can start any more.');
    return { findings: [closed], requires: REQUIRES };
  }
  const { store } = deps;
  const [lookups, hooks, plans, migrations, { settings, problems }] = await Promise.all([
    lookUp(deps, plan),
    lookUpHooks(deps, plan),
    store.resources.list({ kind: 'MigPlan' }),
    planMigrations(store, plan),
    readStoredSettings(store),
  ]);
  const listFindings = namespaceFindings(parseMappings(plan.spec.namespaces), settings.limits.namespaces);
  const wrongHooks = hookFindings(hooks, settings.hookRunnerImage);
  const findings = [
    ...referenceFindings(lookups),
    ...listFindings,
    ...conflictFindings(plan, plans.items as MigPlan[]),
    ...wrongHooks,
    ...defaultedFindings(problems),
  ];
  const notBuilt = problems.filter(({ blocks }) => blocks).map(describeSetting);
  const status = { excludedResources: settings.excludedResources };

  const suspended = suspensionFindings(migrations);
  findings.push(...suspended);
  if (suspended.length > 0 && !refresh) {
    const kept = conditionsOf(plan).filter(({ type }) => REQUIRES.includes(type));
    return { findings: [...findings, ...kept], requires: REQUIRES, status };
  }
  if (!isReady(lookups.source) || !isReady(lookups.target) || listFindings.length > 0) {
    const needs = { sameCluster: false, imageStreamNamespaces: [] };
    const missing = notYetSupportedFindings(plan, plan.spec.persistentVolumes, needs, notBuilt);
    return { findings: [...findings, ...missing], requires: REQUIRES, status };
  }
  try {
    const soundHooks = wrongHooks.length === 0 ? hooks : [];
    const seen = await inspectPlanClusters(deps, { plan, lookups, hooks: soundHooks, settings, notBuilt });
    return {
      findings: [...findings, ...seen.findings],
      requires: REQUIRES,
      status: { ...status, ...seen.status },
      spec: seen.spec,
    };
  } catch (error) {
    return { findings: [...findings, reconcileFailed(error)], requires: REQUIRES, status };
  }
}

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
  if (error instanceof KubernetesApiError || error instanceof StepFailure || error instanceof InvalidClusterAccess) {
    return critical('ReconcileFailed', 'ClusterFailed', error.message);
  }
  throw error;
}
