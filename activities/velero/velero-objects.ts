import type { ApiType } from '../../clusters/cluster-client.js';
import type { KubeObject, ObjectReference } from '../../resources/meta/kube-object.js';
import { LABELS, MIGRATION_NAMESPACE, PART_OF } from '../../resources/meta/labels.js';
import { labelValue } from '../../resources/run/names.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';

export const VELERO_API = 'velero.io/v1';
export const BACKUP: ApiType = { apiVersion: VELERO_API, kind: 'Backup' };
export const RESTORE: ApiType = { apiVersion: VELERO_API, kind: 'Restore' };
export const DELETE_BACKUP_REQUEST: ApiType = { apiVersion: VELERO_API, kind: 'DeleteBackupRequest' };
export const BACKUP_STORAGE_LOCATION: ApiType = { apiVersion: VELERO_API, kind: 'BackupStorageLocation' };

/** Velero puts it on Backups and finds the Backups of a location by it. */
export const STORAGE_LOCATION_LABEL = 'velero.io/storage-location';

/** An object in the namespace that Velero and its objects live in. */
export const inVelero = (type: ApiType, name: string): ObjectReference & { namespace: string } => ({
  ...type,
  namespace: MIGRATION_NAMESPACE,
  name,
});

export const phaseOf = (object: KubeObject): string => object.status?.phase || 'New';

/** Labels of a run's Backup (`initialBackup`) or Restore (`finalRestore`), as MTC sets them. */
export const runLabels = (record: RunRecord, role: 'initialBackup' | 'finalRestore'): Record<string, string> => ({
  [LABELS.partOf]: PART_OF,
  migmigration: record.migration.uid,
  [LABELS[role]]: record.migration.uid,
  [LABELS.migratedByMigration]: record.migration.uid,
  [LABELS.migratedByPlan]: record.plan.uid,
  [LABELS.migrationUid]: record.migration.uid,
  [LABELS.migrationName]: labelValue(record.migration.name),
  [LABELS.planName]: labelValue(record.plan.name),
});

/** Finds what the runs of one migration made, whichever attempt it was. */
export const restoresOf = (run: RunRef): string => `${LABELS.finalRestore}=${run.uid}`;

/** On a Restore: which attempt of which MigMigration made it; nothing else that is run makes one. */
const RUN_ANNOTATION = 'migration.openshift.io/run';

export const runAnnotation = ({ namespace, name, uid, attempt }: RunRef): Record<string, string> => ({
  [RUN_ANNOTATION]: [namespace, name, uid, attempt].join('/'),
});

export function runOf(restore: KubeObject): RunRef | undefined {
  const [namespace, name, uid, attempt] = restore.metadata.annotations?.[RUN_ANNOTATION]?.split('/') ?? [];
  return namespace && name && uid
    ? { kind: 'MigMigration', namespace, name, uid, attempt: Number(attempt) }
    : undefined;
}

/** Velero's words among ours. */
export const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
