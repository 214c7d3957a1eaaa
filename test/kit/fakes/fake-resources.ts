import type { ApiResource, ApiType } from '../../../clusters/cluster-client.js';

const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];
const CLUSTER_SCOPED = new Set([
  'Namespace',
  'PersistentVolume',
  'StorageClass',
  'PriorityClass',
  'RuntimeClass',
  'IngressClass',
  'GatewayClass',
  'VolumeSnapshotClass',
  'DeviceClass',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'SecurityContextConstraints',
]);

/** A type as a cluster in memory serves it. */
export function fakeResource({ apiVersion, kind }: ApiType): ApiResource {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  const namespaced = !CLUSTER_SCOPED.has(kind);
  return { apiVersion, kind, group, version, resource: `${kind.toLowerCase()}s`, namespaced, verbs: VERBS };
}
