import type { RunCluster } from '../../resources/run/run-record.js';

/** Which MigStorage; its uid tells it from one that has taken its name. */
export interface StorageInput {
  namespace: string;
  name: string;
  uid: string;
}

/** Of a cluster whose location stays for now. */
export interface LocationLeft {
  cluster: ClusterName;
  /** Why, and what next: a sentence for the operator. */
  why: string;
}
export type ClusterName = Pick<RunCluster, 'namespace' | 'name'>;

/** What a deleted MigStorage left in the clusters: its BackupStorageLocations, each with a Secret. */
export interface StorageActivities {
  /** Until no run that has begun with the storage is under way. */
  waitForStorageUnused(input: StorageInput): Promise<void>;
  /**
   * Removes the location and its Secret from these clusters, or from all there are. It stays where Velero still needs it to delete
   * Backups, and where a cluster does not answer within the patience. A MigCluster that is gone is passed over. Refused while the storage is
   * there and not being deleted, or a run uses it.
   */
  removeStorageLocations(
    input: StorageInput & { clusters?: ClusterName[] },
  ): Promise<{ removed: number; left: LocationLeft[] }>;
  /** Lets the deleted MigStorage go, with an Event about what stays in the clusters for now. */
  letStorageGo(input: StorageInput & { left: LocationLeft[] }): Promise<void>;
}
