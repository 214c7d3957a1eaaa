import type { ObjectReference } from '../resources/meta/kube-object.js';
import type { ApiResource } from './cluster-client.js';

/** Path of all objects of a type, in one namespace or in all. */
export function collectionPath(resource: ApiResource, namespace?: string): string {
  const root = resource.group ? `/apis/${resource.group}/${resource.version}` : `/api/${resource.version}`;
  const inNamespace = resource.namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${inNamespace}/${resource.resource}`;
}

/** Path of one object or of one of its subresources. Names may hold `:` (RBAC), never `/`. */
export const objectPath = (resource: ApiResource, ref: ObjectReference, subresource?: string): string =>
  `${collectionPath(resource, ref.namespace)}/${encodeURIComponent(ref.name)}${subresource ? `/${subresource}` : ''}`;
