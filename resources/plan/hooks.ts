import type { MigHook } from '../kinds/mig-hook.js';
import type { MigPlan } from '../kinds/mig-plan.js';
import type { ConditionTypeOf } from '../meta/catalogue/index.js';
import type { ConditionFinding } from '../meta/conditions.js';
import { isDnsLabel, isDnsSubdomain } from '../meta/dns-names.js';
import { critical } from '../meta/findings.js';
import { HOOKS_REFUSED, LABELS, MIGRATION_NAMESPACE } from '../meta/labels.js';
import { repeated } from '../meta/repeated.js';
import { type ClusterSide, HOOK_PHASES } from '../run/run-record.js';
import type { Settings } from '../run/settings.js';
import { isPowerfulName } from './hook-accounts.js';
import type { Mapping } from './mappings.js';
import { isProtected } from './protected-namespaces.js';
import { isReady } from './references.js';

export type PlanHook = MigPlan['spec']['hooks'][number];

/** A hook of a plan with the MigHook it names, where that is there. */
export interface HookLookup {
  hook: PlanHook;
  object?: MigHook;
}

const POWERFUL =
  "Hooks would run as accounts that move objects of whole clusters, as Velero's and this service's do: []. Name an account with just the rights the hook needs in spec.hooks.";

/** What can be said of a plan's hooks without looking at the clusters. */
export function hookFindings(
  lookups: readonly HookLookup[],
  { hookRunnerImage, protectedNamespaces }: Pick<Settings, 'hookRunnerImage' | 'protectedNamespaces'>,
): ConditionFinding[] {
  const hooks = lookups.map(({ hook }) => hook);
  const phases: string[] = hooks.map(({ phase }) => phase);
  const known = HOOK_PHASES.join(', ');
  return [
    ...finding(
      'InvalidHookRef',
      'NotFound',
      'MigHooks that spec.hooks names do not exist: []. Create them or correct reference in spec.hooks.',
      lookups.filter(({ object }) => !object).map(({ hook }) => hookName(hook)),
    ),
    ...finding(
      'HookNotReady',
      undefined,
      'Hooks of spec.hooks are not Ready: []. See the conditions of each MigHook.',
      lookups.filter(({ object }) => object && !isReady({ object })).map(({ hook }) => hookName(hook)),
    ),
    ...finding(
      'InvalidHookSAName',
      'NotSet',
      'spec.hooks names service accounts that cannot be: []. Write the name of a service account in executionNamespace.',
      hooks
        .filter(({ serviceAccount }) => !isDnsSubdomain(serviceAccount))
        .map(itemOf(({ serviceAccount }) => serviceAccount)),
    ),
    ...finding(
      'InvalidHookNSName',
      'NotSet',
      'spec.hooks names namespaces that cannot be: []. Write the name of a namespace of the cluster the hook runs in.',
      hooks
        .filter(({ executionNamespace }) => !isDnsLabel(executionNamespace))
        .map(itemOf(({ executionNamespace }) => executionNamespace)),
    ),
    ...finding(
      'HookNamespaceProtected',
      'Protected',
      'Hooks would run in namespaces that run the cluster: []. A pod there could do what its author may not. Name another namespace, and a service account in it, in spec.hooks.',
      hooks
        .filter(({ executionNamespace }) => refusesHooks(executionNamespace, protectedNamespaces))
        .map(itemOf(({ executionNamespace }) => executionNamespace)),
    ),
    ...finding(
      'HookServiceAccountProtected',
      'Protected',
      POWERFUL,
      hooks
        .filter(({ serviceAccount }) => isPowerfulName(serviceAccount))
        .map(itemOf(({ serviceAccount }) => serviceAccount)),
    ),
    ...finding(
      'HookPhaseUnknown',
      undefined,
      `spec.hooks names phases there are not: []. Write one of ${known}.`,
      hooks.filter(({ phase }) => !HOOK_PHASES.includes(phase)).map(itemOf(({ phase }) => phase)),
    ),
    ...finding(
      'HookPhaseDuplicate',
      undefined,
      'spec.hooks gives a phase to more than one hook: []. Give each hook a phase of its own, or put their work into one.',
      repeated(phases),
    ),
    ...finding(
      'HookImageNotSet',
      'NotSet',
      'No image is known in which the playbooks of these hooks run: []. Set spec.image of the MigHook, or hook_runner_image_fqin in MigrationController, to one that the cluster can pull.',
      lookups
        .filter(({ object }) => object && !imageOf(object.spec, hookRunnerImage))
        .map(({ hook }) => hookName(hook)),
    ),
  ];
}

/**
 * The migration namespace takes hooks though nothing is migrated out of it: MTC's users keep theirs there, under service accounts they
 * made for them.
 */
const refusesHooks = (namespace: string, globs: readonly string[]): boolean =>
  namespace !== MIGRATION_NAMESPACE && isProtected(namespace, globs);

/** The image a hook runs: its own or, for a playbook, the default one; empty when there is none. */
export const imageOf = ({ custom, image }: MigHook['spec'], hookRunnerImage: string): string =>
  image || (custom ? '' : hookRunnerImage);

/** The side of the plan a hook runs on. */
export const sideOf = ({ targetCluster }: MigHook['spec']): ClusterSide =>
  targetCluster === 'destination' ? 'target' : 'source';

/** Where a hook runs, as the cluster shows it. */
export interface HookPlace {
  hook: PlanHook;
  cluster: string;
  namespaceExists: boolean;
  serviceAccountExists: boolean;
  /** The account moves whole clusters. */
  isPowerful: boolean;
  /** The owner of namespace or account wants no hooks there. */
  isRefused: boolean;
}

/** What the clusters must hold for the hooks: each one's namespace and, in it, its service account. */
export function hookPlaceFindings(places: readonly HookPlace[]): ConditionFinding[] {
  const lost = places.filter(({ namespaceExists }) => !namespaceExists);
  const withoutAccount = places.filter(
    ({ namespaceExists, serviceAccountExists }) => namespaceExists && !serviceAccountExists,
  );
  const account = ({ hook, cluster }: HookPlace): string =>
    `${hook.executionNamespace}/${hook.serviceAccount} on cluster ${cluster} (${hook.phase})`;
  return [
    ...finding(
      'HookServiceAccountProtected',
      'Rights',
      POWERFUL,
      places.filter(({ isPowerful }) => isPowerful).map(account),
    ),
    ...finding(
      'HookNamespaceProtected',
      'Refused',
      `Owners of namespaces or service accounts have said by the label ${LABELS.hooks}=${HOOKS_REFUSED} that no hooks run there: []. Name others in spec.hooks, or ask them to take the label off.`,
      places.filter(({ isRefused }) => isRefused).map(account),
    ),
    ...finding(
      'InvalidHookNSName',
      'NotFound',
      'Namespaces in which hooks of the plan run do not exist: []. Create them or correct executionNamespace in spec.hooks.',
      lost.map(({ hook, cluster }) => `${hook.executionNamespace} on cluster ${cluster} (${hook.phase})`),
    ),
    ...finding(
      'InvalidHookSAName',
      'NotFound',
      'Service accounts that hooks of the plan run as do not exist: []. Create them or correct serviceAccount in spec.hooks.',
      withoutAccount.map(account),
    ),
  ];
}

/**
 * The source namespace that a hook's namespace on the target comes from, with its service accounts, before the hook runs: only a
 * PostRestore hook finds on the target what the migration itself brings there.
 */
export const arrivesFrom = ({ hook, object }: HookLookup, mappings: readonly Mapping[]): string | undefined =>
  hook.phase === 'PostRestore' && object && sideOf(object.spec) === 'target'
    ? mappings.find(({ target }) => target === hook.executionNamespace)?.source
    : undefined;

const hookName = ({ reference, phase }: PlanHook): string => `${reference.namespace}/${reference.name} (${phase})`;

const itemOf = (read: (hook: PlanHook) => string) => (hook: PlanHook) => `"${read(hook)}" of hook ${hookName(hook)}`;

const finding = (
  type: ConditionTypeOf<'Critical'>,
  reason: string | undefined,
  message: string,
  items: string[],
): ConditionFinding[] => (items.length > 0 ? [critical(type, reason, message, items)] : []);
