import { z } from 'zod';
import { ageColumn, column } from '../meta/columns.js';
import { defineKind, type Resource } from '../meta/define-kind.js';
import { labelSelector, migrationRef, timestamp } from '../meta/fields.js';
import { LABELS } from '../meta/labels.js';
import { commonStatus } from '../meta/status-fields.js';

const spec = z
  .strictObject({
    clusterRef: migrationRef('MigCluster').optional().describe('Cluster in which the transfer pod runs.'),
    podRef: z
      .strictObject({
        name: z.string().min(1).describe('Name of the pod.'),
        namespace: z.string().min(1).describe('Namespace of the pod.'),
      })
      .optional()
      .describe('The transfer pod.'),
    podSelector: z
      .union([labelSelector(), z.record(z.string(), z.string())])
      .optional()
      .describe('Labels that find the transfer pods of one volume, in place of podRef.'),
    podNamespace: z.string().optional().describe('Namespace in which podSelector looks.'),
  })
  .describe('The transfer whose progress is shown.');

const podProgress = {
  podName: z.string().optional().describe('Name of the transfer pod.'),
  phase: z.string().optional().describe('Phase of the pod.'),
  exitCode: z.int().optional().describe('Exit code of rsync, once it ended.'),
  containerElapsedTime: z.string().optional().describe('Time the pod has been copying.'),
  logMessage: z.string().optional().describe('Last line of interest.'),
  lastObservedProgressPercent: z.string().optional().describe('Share of the volume that is done, e.g. 42%.'),
  lastObservedTransferRate: z.string().optional().describe('Rate of the copy, e.g. 35.20MB/s.'),
  creationTimestamp: timestamp().optional().describe('When the pod was made.'),
};

const status = z
  .looseObject({
    ...commonStatus('DirectVolumeMigrationProgress'),
    ...podProgress,
    pass: z.string().optional().describe('pre-copy while the application runs, final once it is halted.'),
    rsyncPodStatuses: z.array(z.looseObject(podProgress)).optional().describe('Pods of earlier attempts and passes.'),
    totalProgressPercentage: z
      .string()
      .optional()
      .describe('Share of the volume that is done, over all attempts of the pass.'),
    rsyncElapsedTime: z.string().optional().describe('Time spent copying, over all attempts of the pass.'),
  })
  .describe('How far the transfer is.');

export type DirectVolumeMigrationProgress = Resource<typeof spec, typeof status>;
export type DirectVolumeMigrationProgressStatus = z.output<typeof status>;

export const directVolumeMigrationProgress = defineKind({
  kind: 'DirectVolumeMigrationProgress',
  plural: 'directvolumemigrationprogresses',
  shortNames: ['dvmp'],
  description: 'Progress of one volume of a DirectVolumeMigration.',
  spec,
  status,
  ownedBy: { kind: 'DirectVolumeMigration', label: LABELS.directVolumeMigration },
  columns: [
    column('Cluster', 'Cluster in which the transfer pod runs.', (o) => o.spec.clusterRef?.name),
    column('Pod', 'The transfer pod.', (o) => o.status?.podName ?? o.spec.podRef?.name),
    column('Phase', 'Phase of the pod.', (o) => o.status?.phase),
    column('Progress', 'Share that is done.', (o) => o.status?.totalProgressPercentage),
    column('Rate', 'Rate of the copy.', (o) => o.status?.lastObservedTransferRate, { priority: 1 }),
    ageColumn,
  ],
});
