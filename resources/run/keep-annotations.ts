import type { KubeObject, ObjectMeta } from '../meta/kube-object.js';

/** Annotations the system counts with: whatever a user's write says of them, the stored values stay. */
export function keepAnnotations(sent: KubeObject, stored: KubeObject, names: readonly string[]): KubeObject {
  const annotations: Record<string, string | undefined> = { ...sent.metadata.annotations };
  for (const name of names) annotations[name] = stored.metadata.annotations?.[name];
  return withAnnotations(sent, annotations);
}

/** The object with these annotations changed: undefined takes one away. */
export const changeAnnotations = (object: KubeObject, changes: Record<string, string | undefined>): KubeObject =>
  withAnnotations(object, { ...object.metadata.annotations, ...changes });

function withAnnotations(object: KubeObject, wanted: Record<string, string | undefined>): KubeObject {
  const { annotations: _, ...metadata } = object.metadata;
  const annotations = Object.fromEntries(
    Object.entries(wanted).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const next: ObjectMeta = Object.keys(annotations).length > 0 ? { ...metadata, annotations } : metadata;
  return { ...object, metadata: next };
}
