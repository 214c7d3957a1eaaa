import type { MigMigration } from '../../resources/mig-migration.js';
import type { MigPlan } from '../../resources/mig-plan.js';
import { shortHash } from '../../resources/names.js';
import type { PersistentVolumeEntry } from '../../resources/persistent-volume-entry.js';
import { type HookLookup, imageOf, sideOf } from '../../resources/plan-rules/hooks.js';
import { type Mapping, parseMapping, parseMappings } from '../../resources/plan-rules/mappings.js';
import {
  HOOK_PHASES,
  type RunCluster,
  type RunHook,
  type RunRecord,
  type RunRef,
  type RunSummary,
  type RunVolume,
} from '../../resources/run-record.js';
import type { Settings } from '../../resources/settings.js';

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
}

/** Freezes migration, plan and settings into the record all activities of the run read. */
export function buildRunRecord({ run, migration, plan, settings, hooks, ...places }: RecordInputs): RunRecord {
  const { spec } = migration;
  const stage = spec.stage === true;
  const namespaces = parseMappings(plan.spec.namespaces);
  const entries = plan.spec.persistentVolumes ?? [];
  return {
    migration: { namespace: run.namespace, name: run.name, uid: run.uid },
    plan: identityOf(plan),
    attempt: run.attempt,
    itinerary: stage ? 'Stage' : 'Final',
    options: {
      quiescePods: !stage && spec.quiescePods === true,
      keepAnnotations: spec.keepAnnotations === true,
      verify: spec.verify === true,
      runAsRoot: spec.runAsRoot,
      runAsUser: spec.runAsUser,
      runAsGroup: spec.runAsGroup,
      restoreReclaimPolicy: plan.spec.restoreReclaimPolicy,
    },
    ...places,
    namespaces,
    volumes: entries.filter((entry) => entry.selection?.action === 'copy').map((entry) => runVolume(entry, namespaces)),
    skippedVolumes: entries
      .filter((entry) => entry.selection?.action !== 'copy')
      .map((entry) => ({
        namespace: entry.pvc?.namespace ?? '',
        claim: parseMapping(entry.pvc?.name ?? '').source,
        reason: `The plan's action for PersistentVolume ${entry.name} is ${entry.selection?.action ?? 'skip'}.`,
      })),
    includedResources: (plan.spec.includedResources ?? []).map(({ group = '', kind = '' }) => ({ group, kind })),
    excludedResources: settings.excludedResources,
    labelSelector: plan.spec.labelSelector,
    settings: settings.run,
    ...(!stage && hooks.length > 0 && { hooks: runHooks(hooks, settings.hookRunnerImage) }),
    warnings: warningsFor(migration),
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

function runVolume(entry: PersistentVolumeEntry, namespaces: readonly Mapping[]): RunVolume {
  const { pvc = {}, selection = {} } = entry;
  const namespace = pvc.namespace ?? '';
  const claim = parseMapping(pvc.name ?? '');
  const id = `${namespace}/${claim.source}`;
  const chosenMode = selection.accessMode && selection.accessMode !== 'auto' ? selection.accessMode : undefined;
  const size = entry.capacityConfirmed ? entry.proposedCapacity : undefined;
  return {
    id,
    key: shortHash(id),
    persistentVolume: entry.name,
    source: { namespace, claim: claim.source },
    target: {
      namespace: namespaces.find(({ source }) => source === namespace)?.target ?? namespace,
      claim: claim.target,
      storageClass: selection.storageClass ?? '',
      accessModes: chosenMode ? [chosenMode] : (pvc.accessModes ?? []),
      volumeMode: 'Filesystem',
      size: String(size ?? entry.capacity ?? ''),
    },
    verify: selection.verify === true,
    allowOverwrite: selection.allowOverwrite === true,
  };
}

function warningsFor({ spec }: MigMigration): RunSummary['warnings'] {
  if (spec.stage) {
    return spec.quiescePods
      ? [
          {
            type: 'QuiesceIgnored',
            reason: 'Stage',
            message: 'spec.quiescePods has no effect on a stage migration: the source keeps running.',
          },
        ]
      : [];
  }
  return spec.quiescePods
    ? []
    : [
        {
          type: 'SourceNotQuiesced',
          reason: 'QuiescePodsFalse',
          message:
            'spec.quiescePods is not true: the source keeps running, and what it writes after its volumes were copied is not on the target.',
        },
      ];
}

const identityOf = ({ metadata }: MigPlan): RunRecord['plan'] => ({
  namespace: metadata.namespace ?? '',
  name: metadata.name,
  uid: metadata.uid ?? '',
});
