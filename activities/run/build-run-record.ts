import type { MigMigration } from '../../resources/kinds/mig-migration.js';
import type { MigPlan } from '../../resources/kinds/mig-plan.js';
import type { PersistentVolumeEntry } from '../../resources/kinds/persistent-volume-entry.js';
import { identityOf } from '../../resources/meta/kube-object.js';
import { type HookLookup, imageOf, sideOf } from '../../resources/plan/hooks.js';
import { isUnmapped, itineraryOf } from '../../resources/plan/itinerary.js';
import { parseMapping, parseMappings } from '../../resources/plan/mappings.js';
import { includedResourcesOf, includesVolumes } from '../../resources/plan/resource-selection.js';
import { runVolume } from '../../resources/plan/volumes/run-volume.js';
import { actionsOf, type RunActions } from '../../resources/run/actions.js';
import {
  HOOK_PHASES,
  isWithinOneCluster,
  type RunCluster,
  type RunHook,
  type RunItinerary,
  type RunRecord,
  type RunRef,
  type RunSummary,
} from '../../resources/run/run-record.js';
import type { Settings } from '../../resources/run/settings.js';
import type { ClaimSelection } from './selected-claims.js';

/** Everything a run record is made of. The plan is Ready. */
export interface RecordInputs {
  run: RunRef;
  migration: MigMigration;
  plan: MigPlan;
  source: RunCluster;
  target: RunCluster;
  storage: RunRecord['storage'];
  settings: Settings;
  /** Of the plan, each with its MigHook. */
  hooks: readonly HookLookup[];
  /** Source namespaces that another plan names too. */
  sharedNamespaces: string[];
  /** Which claims go along with what the plan's label selector selects; undefined: all. */
  isSelected?: ClaimSelection;
}

/** Freezes migration, plan and settings into the record all activities of the run read. */
export function buildRunRecord(inputs: RecordInputs): RunRecord {
  const { run, migration, plan, settings, hooks, sharedNamespaces: shared, isSelected, ...places } = inputs;
  const { spec } = migration;
  const namespaces = parseMappings(plan.spec.namespaces);
  const itinerary = itineraryOf(spec, { oneCluster: isWithinOneCluster(places), namespaces });
  const does = actionsOf(itinerary, { quiesce: spec.quiescePods === true });
  // Other runs concern volumes only, whatever objects the plan lists.
  const isSelective = does.copies === 'selected';
  const includedResources = isSelective ? includedResourcesOf(plan) : [];
  const volumes = (plan.spec.persistentVolumes ?? []).map((entry) => ({
    entry,
    reason: reasonToSkip(entry, { includedResources, isSelected: isSelective ? isSelected : undefined }),
  }));
  return {
    migration: { kind: run.kind, namespace: run.namespace, name: run.name, uid: run.uid },
    plan: identityOf(plan),
    attempt: run.attempt,
    itinerary,
    does,
    options: {
      keepAnnotations: spec.keepAnnotations === true,
      verify: spec.verify === true,
      runAsRoot: spec.runAsRoot,
      runAsUser: spec.runAsUser,
      runAsGroup: spec.runAsGroup,
      restoreReclaimPolicy: plan.spec.restoreReclaimPolicy,
      onFailure: plan.spec.onFailure,
      pauseLimitSeconds: plan.spec.pauseLimitSeconds,
      closesPlan: does.brings === 'objects' && includedResources.length > 0,
    },
    ...places,
    namespaces,
    sharedNamespaces: shared,
    volumes: volumes.filter(({ reason }) => !reason).map(({ entry }) => runVolume(entry, namespaces)),
    skippedVolumes: volumes.flatMap(({ entry, reason }) =>
      reason ? [{ ...sourceClaim(entry), reason, ...otherName(entry) }] : [],
    ),
    includedResources,
    excludedResources: settings.excludedResources,
    labelSelector: isSelective ? plan.spec.labelSelector : undefined,
    settings: settings.run,
    ...(does.brings === 'objects' && hooks.length > 0 && { hooks: runHooks(hooks, settings.hookRunnerImage) }),
    warnings: warningsFor(migration, itinerary, does),
  };
}

/** In the order in which they run. */
function runHooks(lookups: readonly HookLookup[], hookRunnerImage: string): RunHook[] {
  return lookups
    .map((lookup) => runHook(lookup, hookRunnerImage))
    .sort((one, other) => HOOK_PHASES.indexOf(one.phase) - HOOK_PHASES.indexOf(other.phase));
}

function runHook({ hook, object }: HookLookup, hookRunnerImage: string): RunHook {
  // Temporal tries again, and the check of the plan catches up.
  if (!object) throw new Error(`MigHook ${hook.reference.name} was there when it was checked, and is gone.`);
  const { spec, metadata } = object;
  return {
    phase: hook.phase,
    name: metadata.name,
    uid: metadata.uid ?? '',
    cluster: sideOf(spec),
    image: imageOf(spec, hookRunnerImage),
    ...(!spec.custom && { playbook: spec.playbook }),
    executionNamespace: hook.executionNamespace,
    serviceAccount: hook.serviceAccount,
    activeDeadlineSeconds: spec.activeDeadlineSeconds,
    onFailure: spec.onFailure,
  };
}

/** Undefined for a volume that is copied. */
function reasonToSkip(
  entry: PersistentVolumeEntry,
  { includedResources, isSelected }: Pick<RunRecord, 'includedResources'> & Pick<RecordInputs, 'isSelected'>,
): string | undefined {
  const { name, selection } = entry;
  if (selection?.action !== 'copy') {
    return `The plan's action for PersistentVolume ${name} is ${selection?.action ?? 'skip'}.`;
  }
  if (!includesVolumes({ includedResources })) {
    return 'spec.includedResources of the plan does not list PersistentVolumeClaim.';
  }
  if (!isSelected || isSelected(sourceClaim(entry))) return undefined;
  return 'spec.labelSelector of the plan selects neither the claim nor a workload that uses it.';
}

/** A claim that the plan wants copied under another name has that name on the target, whichever run brings it. */
function otherName({ pvc, selection }: PersistentVolumeEntry): { target?: string } {
  const claim = parseMapping(pvc?.name ?? '');
  return selection?.action === 'copy' && !isUnmapped(claim) ? { target: claim.target } : {};
}

const sourceClaim = ({ pvc }: PersistentVolumeEntry): { namespace: string; claim: string } => ({
  namespace: pvc?.namespace ?? '',
  claim: parseMapping(pvc?.name ?? '').source,
});

function warningsFor({ spec }: MigMigration, itinerary: RunItinerary, does: RunActions): RunSummary['warnings'] {
  const warnings: RunSummary['warnings'] = [];
  if (spec.stage && spec.quiescePods) {
    const message = 'spec.quiescePods has no effect on a stage migration: the source keeps running.';
    warnings.push({ type: 'QuiesceIgnored', reason: 'Stage', message });
  }
  if (spec.verify && does.brings !== 'objects') {
    const message = `spec.verify has an effect on a Final migration only; this is a ${itinerary}.`;
    warnings.push({ type: 'VerifyIgnored', reason: itinerary, message });
  }
  // Without quiesce, a state migration or conversion is a stage of itself.
  if (does.brings === 'objects' && !does.halts) {
    const message =
      'spec.quiescePods is not true: the source keeps running, and what it writes after its volumes were copied is not on the target.';
    warnings.push({ type: 'SourceNotQuiesced', reason: 'QuiescePodsFalse', message });
  }
  return warnings;
}
