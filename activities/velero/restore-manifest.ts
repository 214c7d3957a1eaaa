import { stringify } from 'yaml';
import type { ApiResource } from '../../clusters/cluster-client.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { ANNOTATIONS, LABELS, PART_OF } from '../../resources/meta/labels.js';
import { helperName } from '../../resources/run/names.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import type { ResourceModifiers } from '../../resources/transforms/resource-modifiers.js';
import { sourceNamespaces } from '../workloads/list-workloads.js';
import { inVelero, RESTORE, runAnnotation, runLabels } from './velero-objects.js';

/** All that Velero brings of cluster scope, because an object of the namespaces refers to it. Whatever else a Backup holds stays there. */
const CLUSTER_SCOPED = new Set([
  'customresourcedefinitions.apiextensions.k8s.io',
  'clusterroles.rbac.authorization.k8s.io',
  'clusterrolebindings.rbac.authorization.k8s.io',
]);

/** Left out whether or not the target says that it serves them: what decides over objects of others, and volumes, which come another way. */
const NEVER_FROM_A_BACKUP = [
  'persistentvolumes',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
  'validatingadmissionpolicies.admissionregistration.k8s.io',
  'validatingadmissionpolicybindings.admissionregistration.k8s.io',
  'mutatingadmissionpolicies.admissionregistration.k8s.io',
  'mutatingadmissionpolicybindings.admissionregistration.k8s.io',
  'apiservices.apiregistration.k8s.io',
  'priorityclasses.scheduling.k8s.io',
  'securitycontextconstraints.security.openshift.io',
];

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

/**
 * The Restore of a run's objects, as MTC makes it, but confined: Velero has every right, and the Backup is what the source's Velero, or
 * who else writes the bucket, made it. What is on the target already stays as it is.
 */
export function restoreManifest(
  name: string,
  run: RunRef,
  record: RunRecord,
  { backup, clusterScoped }: { backup: KubeObject; clusterScoped: readonly Pick<ApiResource, 'group' | 'resource'>[] },
): KubeObject {
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
      includedNamespaces: sourceNamespaces(record),
      // With namespaces named, Velero leaves out all of cluster scope unless told otherwise.
      includeClusterResources: true,
      excludedResources: [
        ...new Set([
          ...NEVER_RESTORED,
          ...NEVER_FROM_A_BACKUP,
          ...clusterScoped
            .map(({ group, resource }) => (group ? `${resource}.${group}` : resource))
            .filter((type) => !CLUSTER_SCOPED.has(type)),
          ...(backup.spec.excludedResources ?? []),
        ]),
      ],
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
