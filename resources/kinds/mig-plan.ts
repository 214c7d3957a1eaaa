import { z } from 'zod';
import { ageColumn, column, problemColumn, readyColumn } from '../meta/columns.js';
import { defineKind, type Resource } from '../meta/define-kind.js';
import { isDnsSubdomain } from '../meta/dns-names.js';
import { labelSelector, listMap, migrationRef, timestamp } from '../meta/fields.js';
import type { FieldError, NamedReference } from '../meta/kind-definition.js';
import type { KubeObject } from '../meta/kube-object.js';
import { commonStatus } from '../meta/status-fields.js';
import { HOOK_PHASES } from '../run/run-record.js';
import { claimsChanged, droppedFromVolumes, mergeVolumes, withClaims } from './merge-volumes.js';
import { type PersistentVolumeEntry, persistentVolumeEntry } from './persistent-volume-entry.js';
import { proposalErrors, proposalWarnings } from './proposed-capacity.js';
import { isSweepDue, mergeSweepRequest, validateSweepRequest } from './sweep-request.js';

const hook = z.strictObject({
  reference: migrationRef('MigHook').describe('The hook.'),
  phase: z.enum(HOOK_PHASES).describe('When the hook runs; one hook for each phase.'),
  executionNamespace: z.string().min(1).describe('Namespace in which the hook runs.'),
  serviceAccount: z
    .string()
    .min(1)
    .describe('Service account the hook runs as; it must exist in the execution namespace.'),
});

const groupKind = z.strictObject({
  group: z.string().default('').describe('API group; empty for the core group.'),
  kind: z.string().min(1).describe('Kind, e.g. Secret.'),
});

const spec = z
  .strictObject({
    srcMigClusterRef: migrationRef('MigCluster').optional().describe('Cluster the application runs in now.'),
    destMigClusterRef: migrationRef('MigCluster').optional().describe('Cluster the application moves to.'),
    migStorageRef: migrationRef('MigStorage').optional().describe('Replication repository the objects travel through.'),
    namespaces: z
      .array(z.string().min(1))
      .default([])
      .describe('Namespaces to migrate; write source:target to give one another name in the target cluster.'),
    persistentVolumes: listMap(persistentVolumeEntry, ['name'])
      .default([])
      .describe(
        'Volumes of these namespaces. Discovery fills the list; edit selection, pvc.name and proposedCapacity of an entry. Entries you leave out of a change stay as they are.',
      ),
    indirectImageMigration: z
      .boolean()
      .default(false)
      .describe('False copies images straight from registry to registry, true by way of the replication repository.'),
    indirectVolumeMigration: z
      .boolean()
      .default(false)
      .describe('False copies volumes straight from cluster to cluster, true by way of the replication repository.'),
    hooks: listMap(hook, ['phase'])
      .max(HOOK_PHASES.length)
      .default([])
      .describe('Hooks that run between the steps of a migration.'),
    includedResources: z
      .array(groupKind)
      .optional()
      .describe('Migrate the objects of these kinds only, once; the plan is closed afterwards.'),
    labelSelector: labelSelector()
      .optional()
      .describe('Of the included resources, migrate those with these labels only.'),
    liveMigrate: z.boolean().optional().describe('True to move the volumes of running virtual machines live.'),
    restoreReclaimPolicy: z
      .boolean()
      .default(false)
      .describe(
        'Volumes on the target have the reclaim policy Retain during a migration. True gives them back the one of their storage class once it has succeeded.',
      ),
    onFailure: z
      .enum(['Unwind', 'Pause'])
      .default('Unwind')
      .describe(
        'What a failing step does before the commit point: Unwind starts the application on the source again, Pause leaves everything as it is until you retry or cancel the migration.',
      ),
    pauseLimitSeconds: z
      .int()
      .positive()
      .default(3600)
      .describe('Longest pause after a failure, in seconds; after it the migration unwinds by itself.'),
    closed: z.boolean().default(false).describe('True once the plan is done: no further migration of it can start.'),
    refresh: z
      .boolean()
      .default(false)
      .describe('Set to true to have the plan checked and its volumes discovered now.'),
  })
  .describe('What is migrated, from where to where.');

const storageClass = z.looseObject({
  name: z.string().optional().describe('Name of the storage class.'),
  provisioner: z.string().optional().describe('Provisioner of its volumes.'),
  default: z.boolean().optional().describe('Whether it is the default class of the cluster.'),
  volumeAccessModes: z.array(z.looseObject({})).optional().describe('Access modes its volumes can have.'),
});

const rollbackPreview = z
  .looseObject({
    objects: z
      .record(z.string(), z.int())
      .describe('Objects on the target that a rollback deletes if they are still there: their number by kind.'),
    discards: z
      .array(
        z.looseObject({
          claim: z.string().describe('Namespace and name of the claim.'),
          size: z.string().describe('Size of the claim.'),
          pods: z.array(z.string()).describe('Running pods that mount it.'),
        }),
      )
      .describe('Claims among them that pods write to now: what they wrote since the cutover would be lost.'),
  })
  .describe('What a rollback would take back; absent when there is nothing to roll back.');

const status = z
  .looseObject({
    ...commonStatus('MigPlan'),
    suffix: z.string().optional().describe('Four characters at the end of names that are made for this plan.'),
    srcStorageClasses: z.array(storageClass).optional().describe('Storage classes of the source cluster.'),
    destStorageClasses: z.array(storageClass).optional().describe('Storage classes of the target cluster.'),
    excludedResources: z.array(z.string()).optional().describe('Resources that are left out of every migration.'),
    incompatible: z
      .looseObject({})
      .optional()
      .describe('Kinds that are in use in the source namespaces and that the target cluster does not serve.'),
    clusterRights: z
      .array(z.looseObject({}))
      .max(100)
      .optional()
      .describe(
        'Rights beyond the namespaces of the plan that travel with its service accounts and namespaces, the first hundred of them.',
      ),
    unhealthyResources: z.looseObject({}).optional().describe('Pods of the source namespaces that are not healthy.'),
    lastSweep: z
      .looseObject({
        at: timestamp().describe('When it ended.'),
        removed: z.int().describe('Objects removed from both clusters.'),
        errors: z.array(z.string()).optional().describe('What could not be removed, and why.'),
        request: z.int().describe('Which of the requested sweeps it was, counted from 1.'),
      })
      .optional()
      .describe('What the last sweep of leftovers found.'),
    rollback: rollbackPreview.optional(),
  })
  .describe('What the last check of the plan found.');

export type MigPlan = Resource<typeof spec, typeof status>;

function mergeUserWrite(sent: KubeObject, stored: KubeObject, kept = stored): KubeObject {
  const known = withClaims(kept.spec?.persistentVolumes ?? [], stored.spec.persistentVolumes ?? []);
  const persistentVolumes = mergeVolumes(sent.spec.persistentVolumes ?? [], known);
  return { ...mergeSweepRequest(sent, stored), spec: { ...sent.spec, persistentVolumes } };
}

function validate(object: KubeObject, previous?: KubeObject): FieldError[] {
  const volumes = object.spec.persistentVolumes;
  return [
    ...misspeltClaims(volumes),
    ...changedClaims(volumes, previous),
    ...proposalErrors(volumes, previous?.spec.persistentVolumes),
    ...validateSweepRequest(object, previous),
  ];
}

/** What was sent and not done, or has no effect. */
function warnings({ spec }: KubeObject, sent: KubeObject, previous?: KubeObject): string[] {
  const stored: PersistentVolumeEntry[] = previous?.spec.persistentVolumes ?? [];
  return [
    ...droppedFromVolumes(sent.spec.persistentVolumes ?? [], stored, spec.persistentVolumes),
    ...proposalWarnings(spec.persistentVolumes, stored),
  ];
}

/** A name the target could not give a claim. */
const misspeltClaims = (volumes: readonly PersistentVolumeEntry[]): FieldError[] =>
  volumes.flatMap(({ name, pvc }, index) => {
    const [, ...targets] = (pvc?.name ?? '').split(':').map((part) => part.trim());
    if (targets.length === 0 || (targets.length === 1 && isDnsSubdomain(targets[0] ?? ''))) return [];
    return [
      {
        field: `spec.persistentVolumes[${index}].pvc.name`,
        reason: 'FieldValueInvalid' as const,
        message: `"${pvc?.name}" is not a valid claim name for volume ${name}; write "<claim>" or "<claim>:<name on the target>", in lower-case letters, digits, "-" and ".", at most 253 characters`,
      },
    ];
  });

function changedClaims(volumes: readonly PersistentVolumeEntry[], previous?: KubeObject): FieldError[] {
  return claimsChanged(volumes, previous?.spec.persistentVolumes ?? []).map(({ index, claim }) => ({
    field: `spec.persistentVolumes[${index}].pvc.name`,
    reason: 'FieldValueInvalid',
    message: `volume ${volumes[index]?.name} is bound to the claim ${claim}; write "${claim}" or "${claim}:<name on the target>"`,
  }));
}

export const migPlan = defineKind({
  kind: 'MigPlan',
  plural: 'migplans',
  description: 'What is migrated from one cluster to another. Each stage, cutover or rollback of it is a MigMigration.',
  spec,
  status,
  subresources: { rollback: ['get'], sweep: ['create'] },
  reported: true,
  reconciled: true,
  refersTo: [
    { kind: 'MigCluster', find: (wanted) => [wanted.srcMigClusterRef, wanted.destMigClusterRef] },
    { kind: 'MigStorage', find: (wanted) => [wanted.migStorageRef] },
    { kind: 'MigHook', find: ({ hooks = [] }) => hooks.map((hook: { reference?: NamedReference }) => hook.reference) },
  ],
  isDue: isSweepDue,
  namespacesOf: ({ spec }) =>
    (spec?.namespaces ?? []).flatMap((entry: string) => entry.split(':').map((name) => name.trim())).filter(Boolean),
  mergeUserWrite,
  validate,
  warnings,
  // Schedules first: they would keep creating migrations.
  dependents: ['MigSchedule', 'MigMigration'].map((kind) => ({ kind, field: 'spec.migPlanRef.name' })),
  columns: [
    readyColumn,
    column('Source', 'Cluster the application runs in.', (o) => o.spec.srcMigClusterRef?.name),
    column('Target', 'Cluster the application goes to.', (o) => o.spec.destMigClusterRef?.name),
    column('Storage', 'Replication repository.', (o) => o.spec.migStorageRef?.name),
    ageColumn,
    column('Namespaces', 'Namespaces to migrate.', (o) => o.spec.namespaces?.join(','), { priority: 1 }),
    problemColumn,
  ],
});
