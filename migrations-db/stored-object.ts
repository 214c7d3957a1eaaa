import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../resources/meta/kube-object.js';
import { withWaitLines } from '../resources/run/waits.js';
import type { ResourceKey } from './migration-store.js';

/** What is stored of an object: plain JSON, its resourceVersion apart (it is known only when the write is done). */
export function toStored(object: KubeObject): KubeObject {
  const stored: KubeObject = JSON.parse(JSON.stringify(object));
  delete stored.metadata.resourceVersion;
  return stored;
}

/** The object as it is stored, for a change of it. Postgres sorts the fields of JSON by length: the usual order reads better. */
export function asStored(stored: KubeObject, revision: string): KubeObject {
  const { apiVersion, kind, metadata, ...body } = stored;
  return { apiVersion, kind, metadata: { ...metadata, resourceVersion: revision }, ...body };
}

/** The object as callers see it. */
export const toObject = (stored: KubeObject, revision: string): KubeObject => asRead(asStored(stored, revision));

/** An object with lines in place of the waits that are recorded in its status. */
export const asRead = (object: KubeObject): KubeObject =>
  'status' in object ? { ...object, status: withWaitLines(object.status) } : object;

export const keyOf = (object: KubeObject): ResourceKey => ({
  kind: object.kind,
  namespace: object.metadata.namespace ?? '',
  name: object.metadata.name,
});

export const describeKey = ({ kind, namespace, name }: ResourceKey): string =>
  `${kind} ${namespace ? `${namespace}/` : ''}${name}`;

/** The user's part of the object: everything but its identity and what was observed. */
function desiredOf({ apiVersion, kind, metadata, status, ...desired }: KubeObject): Record<string, unknown> {
  return desired;
}

export const wantsTheSame = (one: KubeObject, other: KubeObject): boolean =>
  isDeepStrictEqual(desiredOf(one), desiredOf(other));
