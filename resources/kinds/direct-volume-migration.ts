import { z } from 'zod';
import { changedFields } from '../meta/changed-fields.js';
import { ageColumn, column, outcomeOrPhase, problemColumn } from '../meta/columns.js';
import { defineKind, type Resource } from '../meta/define-kind.js';
import { migrationRef, timestamp } from '../meta/fields.js';
import type { FieldError } from '../meta/kind-definition.js';
import type { KubeObject } from '../meta/kube-object.js';
import { LABELS, MIGRATION_FINALIZER } from '../meta/labels.js';
import { commonStatus } from '../meta/status-fields.js';
import { ACCESS_MODES } from './persistent-volume-entry.js';
import { mergeRetry, validateRetry } from './retry.js';

const claim = z.strictObject({
  name: z.string().min(1).describe('Claim in the source cluster.'),
  namespace: z.string().min(1).describe('Namespace of the claim.'),
  targetName: z.string().optional().describe('Name of the claim in the target cluster; the same if absent.'),
  targetNamespace: z.string().optional().describe('Namespace in the target cluster; the same if absent.'),
  targetStorageClass: z.string().optional().describe('Storage class of the new volume.'),
  targetAccessModes: z.array(z.enum(ACCESS_MODES)).optional().describe('Access modes of the new volume.'),
  targetVolumeMode: z.enum(['Filesystem', 'Block']).optional().describe('Volume mode of the new volume.'),
  verify: z.boolean().optional().describe('True to compare checksums of what was copied.'),
});

const spec = z
  .strictObject({
    srcMigClusterRef: migrationRef('MigCluster').optional().describe('Cluster the volumes are copied from.'),
    destMigClusterRef: migrationRef('MigCluster').optional().describe('Cluster the volumes are copied to.'),
    persistentVolumeClaims: z.array(claim).default([]).describe('Claims whose volumes are copied.'),
    createDestinationNamespaces: z
      .boolean()
      .default(false)
      .describe('True to create namespaces that the target cluster does not have.'),
    deleteProgressReportingCRs: z
      .boolean()
      .default(false)
      .describe('True to remove the DirectVolumeMigrationProgress objects at the end.'),
    backOffLimit: z.int().nonnegative().optional().describe('How often the copy of a volume is tried again.'),
    liveMigrate: z.boolean().optional().describe('True to move the volumes of running virtual machines live.'),
    migrationType: z
      .enum(['Stage', 'Final', 'Rollback'])
      .optional()
      .describe('Kind of migration this copy belongs to.'),
  })
  .describe('Which volumes are copied, from where to where.');

const reference = (to: string) =>
  z.looseObject({
    name: z.string().optional().describe(`Name of the ${to}.`),
    namespace: z.string().optional().describe(`Namespace of the ${to}.`),
  });
const podReference = reference('pod').extend({
  pvcRef: reference('claim').optional().describe('The claim the pod copies.'),
});
const pods = (state: string) => z.array(podReference).optional().describe(`Transfer pods that ${state}.`);

const status = z
  .looseObject({
    ...commonStatus('DirectVolumeMigration'),
    phase: z.string().optional().describe('What is being done.'),
    phaseDescription: z.string().optional().describe('The same in words.'),
    itinerary: z.string().optional().describe('The itinerary of the run.'),
    startTimestamp: timestamp().optional().describe('When the copy began.'),
    errors: z.array(z.string()).optional().describe('Why the copy failed.'),
    successfulPods: pods('succeeded'),
    failedPods: pods('failed'),
    runningPods: pods('are running'),
    pendingPods: pods('wait to start'),
    rsyncOperations: z
      .array(
        z.looseObject({
          pvcReference: reference('claim').optional().describe('The claim.'),
          pass: z.string().optional().describe('pre-copy while the application runs, final once it is halted.'),
          currentAttempt: z.int().optional().describe('Number of the attempt, from 1.'),
          succeeded: z.boolean().optional().describe('True when the volume is copied.'),
          failed: z.boolean().optional().describe('True when all attempts are used up.'),
        }),
      )
      .optional()
      .describe('State of each volume.'),
  })
  .describe('How far the copy is.');

export type DirectVolumeMigration = Resource<typeof spec, typeof status>;
export type DirectVolumeMigrationStatus = z.output<typeof status>;

/** Fields of the status that activities write, beside the root workflow where there is one. */
export const COPY_STATE = ['rsyncOperations', 'pendingPods', 'runningPods', 'successfulPods', 'failedPods'] as const;

const BEFORE_THE_COPY = [undefined, 'Created', 'Prepare'];

/** What is copied is settled when the copy begins; what becomes of its progress objects may be decided until its end. */
function validateChange(object: KubeObject, previous: KubeObject): FieldError[] {
  if (BEFORE_THE_COPY.includes(previous.status?.phase)) return [];
  return changedFields(spec, object, previous)
    .filter((field) => field !== 'deleteProgressReportingCRs')
    .map((field) => ({
      field: `spec.${field}`,
      reason: 'FieldValueForbidden',
      message: 'cannot be changed once the copy has begun; delete the DirectVolumeMigration and create it again',
    }));
}

export const directVolumeMigration = defineKind({
  kind: 'DirectVolumeMigration',
  plural: 'directvolumemigrations',
  shortNames: ['dvm'],
  description: 'A copy of volumes straight from one cluster to another.',
  spec,
  status,
  mergeUserWrite: mergeRetry,
  validate: (object, previous) => [
    ...(previous ? validateChange(object, previous) : []),
    ...validateRetry(object, previous),
  ],
  subresources: { log: ['get'], report: ['get'], retry: ['create'] },
  reported: true,
  isRun: true,
  ownedBy: { kind: 'MigMigration', label: LABELS.directVolume },
  finalizers: [MIGRATION_FINALIZER],
  columns: [
    column('Source', 'Cluster the volumes are copied from.', (o) => o.spec.srcMigClusterRef?.name),
    column('Target', 'Cluster the volumes are copied to.', (o) => o.spec.destMigClusterRef?.name),
    column('Volumes', 'Number of volumes.', (o) => o.spec.persistentVolumeClaims?.length, { type: 'integer' }),
    column('Status', 'The outcome or, while it runs, the phase.', outcomeOrPhase),
    ageColumn,
    problemColumn,
  ],
});
