import { API_VERSION, MIGRATION_NAMESPACE } from '../../resources/meta/labels.js';
import type { RunRecord } from '../../resources/run/run-record.js';

/** One node of what belongs to a migration. */
export interface TreeNode {
  kind: string;
  /** Absent for what is in no namespace: attempts and their steps. */
  namespace?: string;
  name: string;
  /** `host` is this service; else the side of the migration. */
  clusterType: 'host' | 'source' | 'target';
  /** The MigCluster, for objects of the clusters. */
  cluster?: string;
  /** Path of the object in the API of its cluster, or of this service. */
  objectLink?: string;
  /** How far it is, in the words of what it is. */
  state?: string;
  children: TreeNode[];
}

/** What is not an object of an API. */
export const entry = (kind: string, name: string, state?: string): TreeNode => ({
  kind,
  name,
  clusterType: 'host',
  state,
  children: [],
});

const PLURALS = {
  MigPlan: 'migplans',
  MigMigration: 'migmigrations',
  MigHook: 'mighooks',
  DirectVolumeMigration: 'directvolumemigrations',
  DirectVolumeMigrationProgress: 'directvolumemigrationprogresses',
  Backup: 'backups',
  Restore: 'restores',
  PersistentVolumeClaim: 'persistentvolumeclaims',
} as const;
type ObjectKind = keyof typeof PLURALS;

const linkTo = (api: string, kind: ObjectKind, namespace: string, name: string): string =>
  `/${api}/namespaces/${namespace}/${PLURALS[kind]}/${name}`;

export const ours = (kind: ObjectKind, namespace: string, name: string): TreeNode => ({
  kind,
  namespace,
  name,
  clusterType: 'host',
  objectLink: linkTo(`apis/${API_VERSION}`, kind, namespace, name),
  children: [],
});

export const inCluster = (
  record: RunRecord,
  side: 'source' | 'target',
  kind: ObjectKind,
  namespace: string,
  name: string,
  api = 'api/v1',
): TreeNode => ({
  kind,
  namespace,
  name,
  clusterType: side,
  cluster: record[side].name,
  objectLink: linkTo(api, kind, namespace, name),
  children: [],
});

export const velero = (
  record: RunRecord,
  side: 'source' | 'target',
  kind: 'Backup' | 'Restore',
  name: string,
): TreeNode => inCluster(record, side, kind, MIGRATION_NAMESPACE, name, 'apis/velero.io/v1');
