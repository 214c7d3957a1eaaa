/** An object that a run of a plan made on a cluster. */
export interface CreatedObject {
  /** uid of the MigCluster. */
  cluster: string;
  apiVersion: string;
  kind: string;
  /** Absent for cluster-scoped objects. */
  namespace?: string;
  name: string;
  /** As its cluster gave it: an object of the same name with another one is not ours. */
  uid: string;
}

/** The same with what the record of its run says of the cluster. */
export interface RecordedObject extends CreatedObject {
  clusterName: string;
  /** uid of the cluster's kube-system namespace: the same when its MigCluster was made again. */
  clusterUid: string;
}
