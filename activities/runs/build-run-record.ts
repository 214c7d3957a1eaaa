import type { MigMigration } from '../../resources/mig-migration.js';
import type { MigPlan } from '../../resources/mig-plan.js';
import { shortHash } from '../../resources/names.js';
import type { PersistentVolumeEntry } from '../../resources/persistent-volume-entry.js';
import { type Mapping, parseMapping, parseMappings } from '../../resources/plan-rules/mappings.js';
import type { RunCluster, RunRecord, RunRef, RunSummary, RunVolume } from '../../resources/run-record.js';
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
}

/** Freezes migration, plan and settings into the record all activities of the run read. */
export function buildRunRecord({ run, migration, plan, settings, ...places }: RecordInputs): RunRecord {
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
    warnings: warningsFor(migration),
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
