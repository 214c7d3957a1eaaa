import type { KubeObject } from '../meta/kube-object.js';

/** uid of the cluster behind each MigCluster, as far as it is known; by `<namespace>/<name>`. Two MigClusters may be one cluster. */
export type ClusterUids = ReadonlyMap<string, string>;

export const clusterUidsOf = (clusters: readonly KubeObject[]): ClusterUids =>
  new Map(
    clusters.flatMap(({ metadata, status }) => {
      const uid: unknown = status?.clusterUid;
      return typeof uid === 'string' && uid !== '' ? [[`${metadata.namespace}/${metadata.name}`, uid] as const] : [];
    }),
  );
