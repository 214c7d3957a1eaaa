import { apiVersionOf } from '../../resources/kinds/index.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { badRequest, conflict, invalid } from '../http/api-error.js';
import type { ResourceTarget } from '../http/resource-target.js';
import { isObject } from '../patch/merge-patch.js';
import { decodeMetadata } from './decode-metadata.js';

/**
 * A body as an object of the kind, in the namespace and under the name that the path says.
 *
 * @throws ApiError 400 where they differ
 */
export function identify({ definition, namespace, name }: ResourceTarget, body: unknown): KubeObject {
  if (!isObject(body)) throw badRequest('the body must be one object');
  const metadata = decodeMetadata(body.metadata);
  const apiVersion = body.apiVersion ?? apiVersionOf(definition);
  const kind = body.kind ?? definition.kind;
  mustBe('apiVersion', apiVersion, apiVersionOf(definition));
  mustBe('kind', kind, definition.kind);
  if (definition.namespaced) {
    mustBe('metadata.namespace', metadata.namespace || namespace, namespace);
    metadata.namespace = namespace;
  }
  if (name) {
    mustBe('metadata.name', metadata.name || name, name);
    metadata.name = name;
  }
  return { ...body, apiVersion, kind, metadata } as unknown as KubeObject;
}

function mustBe(field: string, given: unknown, expected: string): void {
  if (given === expected) return;
  const message = `${field} is ${JSON.stringify(given)?.slice(0, 300)} in the body, but the request is about ${JSON.stringify(expected)}`;
  throw badRequest(message, [{ field, reason: 'FieldValueInvalid', message }]);
}

/**
 * Kinds of custom resources are not replaced blindly: what another has written in the time between would be lost.
 *
 * @throws ApiError 422
 */
export function refuseBlind({ definition, name }: ResourceTarget, body: unknown): void {
  const metadata = isObject(body) && isObject(body.metadata) ? body.metadata : {};
  if (definition.group === '' || metadata.resourceVersion) return;
  const message = 'must be specified for an update: read the object, and write back what was read with the change';
  throw invalid(definition, name, [{ field: 'metadata.resourceVersion', reason: 'FieldValueInvalid', message }]);
}

/** @throws ApiError 409 when the sender knew another object, or an earlier state of this one */
export function refuseStale({ definition, name }: ResourceTarget, sent: KubeObject, current: KubeObject): void {
  const { uid, resourceVersion } = sent.metadata;
  if (uid && uid !== current.metadata.uid) {
    const why = `the uid is ${current.metadata.uid}, not ${uid}: it was deleted and created again`;
    throw conflict(definition, name, why);
  }
  if (resourceVersion && resourceVersion !== current.metadata.resourceVersion) {
    const why = 'the object has been modified; please apply your changes to the latest version and try again';
    throw conflict(definition, name, why);
  }
}
