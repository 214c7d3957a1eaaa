import { stringify } from 'yaml';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { ANNOTATIONS, LABELS, PART_OF } from '../../resources/meta/labels.js';
import { helperName } from '../../resources/run/names.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import type { ResourceModifiers } from '../../resources/transforms/resource-modifiers.js';
import { inVelero, RESTORE, runAnnotation, runLabels } from './velero-objects.js';

/** What Velero itself never restores (MTC names it too), and namespaces: those are made beforehand, with all that belongs to them. */
const NEVER_RESTORED = [
  'namespaces',
  'nodes',
  'events',
  'events.events.k8s.io',
  'backups.velero.io',
  'restores.velero.io',
  'resticrepositories.velero.io',
];

const modifiersName = (run: RunRef): string => `${helperName(run, 'restore-modifiers')}-${run.attempt}`;

/** The ConfigMap Velero reads the rules from; a helper of the run. */
export function modifiersManifest(run: RunRef, modifiers: ResourceModifiers): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      ...metadataOf(modifiersName(run)),
      labels: { [LABELS.partOf]: PART_OF, [LABELS.helper]: run.uid, [LABELS.helperRole]: 'restore-modifiers' },
    },
    data: { 'resource-modifiers.yaml': stringify(modifiers) },
  };
}

/** The Restore of a run's objects, as MTC makes it. What is on the target already stays as it is. */
export function restoreManifest(name: string, run: RunRef, record: RunRecord, backup: KubeObject): KubeObject {
  const mapping = record.namespaces.filter(({ source, target }) => source !== target);
  return {
    ...RESTORE,
    metadata: {
      ...metadataOf(name),
      labels: runLabels(record, 'finalRestore'),
      annotations: {
        ...runAnnotation(run),
        [ANNOTATIONS.migrationType]: record.itinerary.toLowerCase(),
        ...(record.does.halts && { [ANNOTATIONS.quiescePods]: 'true' }),
      },
    },
    spec: {
      backupName: backup.metadata.name,
      restorePVs: true,
      excludedResources: [...new Set([...NEVER_RESTORED, ...(backup.spec.excludedResources ?? [])])],
      namespaceMapping: Object.fromEntries(mapping.map(({ source, target }) => [source, target])),
      existingResourcePolicy: 'none',
      resourceModifier: { kind: 'configmap', name: modifiersName(run) },
    },
  };
}

const metadataOf = (name: string) => {
  const { namespace } = inVelero(RESTORE, name);
  return { name, namespace };
};
