import type { KindDefinition } from '../meta/kind-definition.js';
import type { KubeObject } from '../meta/kube-object.js';
import { apiVersionOf } from './index.js';

/** With the finalizers that every new object of its kind gets, after its own. */
export function withFinalizers(definition: KindDefinition, object: KubeObject): KubeObject {
  const finalizers = new Set([...(object.metadata.finalizers ?? []), ...(definition.finalizers ?? [])]);
  if (finalizers.size === 0) return object;
  return { ...object, metadata: { ...object.metadata, finalizers: [...finalizers] } };
}

/** An object as the API stores it when a user creates it with this metadata and spec. */
export const newObject = (
  definition: KindDefinition,
  { metadata, spec }: Pick<KubeObject, 'metadata' | 'spec'>,
): KubeObject =>
  withFinalizers(definition, {
    apiVersion: apiVersionOf(definition),
    kind: definition.kind,
    metadata,
    spec: definition.spec?.parse(spec),
  });
