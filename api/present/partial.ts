import type { KubeObject } from '../../resources/meta/kube-object.js';

/** What stands for an object to those who asked for its metadata only. */
export const partialMetadata = ({ metadata }: { metadata: object }) => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata,
});

export const partialMetadataList = (objects: readonly KubeObject[], metadata: object) => ({
  kind: 'PartialObjectMetadataList',
  apiVersion: 'meta.k8s.io/v1',
  metadata,
  items: objects.map(partialMetadata),
});
