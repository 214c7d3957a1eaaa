import { Inject, Injectable } from '@nestjs/common';
import type { Actor, MigrationStore, ResourceKey } from '../../migrations-db/migration-store.js';
import { StoreError } from '../../migrations-db/migration-store.js';
import { SERVED_NAMESPACES } from '../../resources/core/namespace.js';
import { apiVersionOf } from '../../resources/index.js';
import type { KubeObject } from '../../resources/kube-object.js';
import { type Admission, admit, admitStatus } from '../admission/admit.js';
import { ApiError, alreadyExists, badRequest, conflict, notFound } from '../http/api-error.js';
import { isObject } from '../patch/merge-patch.js';
import { STORE } from '../tokens.js';
import type { DeleteOptions } from './delete-options.js';
import { generateName } from './generate-name.js';
import type { ResourceTarget } from './resource-target.js';

export interface UserWrite extends Admission {
  actor: Actor;
  dryRun: boolean;
}

/** Makes the next state of an object, as a user wants it, from the current one. */
export type Change = (current: KubeObject) => unknown;

const NAME_ATTEMPTS = 5;

/** Users' reads and writes of objects, by the rules of the Kubernetes API. Failures are ApiErrors or StoreErrors. */
@Injectable()
export class ResourceService {
  constructor(@Inject(STORE) private readonly store: MigrationStore) {}

  async get(target: ResourceTarget): Promise<KubeObject> {
    const object = await this.store.resources.get(keyOf(target));
    if (!object) throw notFound(target.definition, target.name);
    return object;
  }

  async create(target: ResourceTarget, body: unknown, write: UserWrite): Promise<KubeObject> {
    const { definition, namespace } = target;
    const sent = identified(target, body);
    if (definition.namespaced && !SERVED_NAMESPACES.includes(namespace)) throw unknownNamespace(namespace);
    const { generateName: prefix } = sent.metadata;
    if (!sent.metadata.name && !prefix)
      throw badRequest('metadata.name (or metadata.generateName) is required', NAME_MISSING);
    if (definition.hasStatus) delete sent.status;
    const made = !sent.metadata.name && prefix;
    for (let attempt = 1; ; attempt++) {
      if (made) sent.metadata.name = generateName(prefix);
      const object = admit(definition, sent, write);
      addFinalizers(object, definition.finalizers);
      try {
        return await this.store.resources.create(object, { actor: write.actor, dryRun: write.dryRun });
      } catch (error) {
        if (!isStoreError(error, 'AlreadyExists')) throw error;
        if (!made || attempt === NAME_ATTEMPTS) throw alreadyExists(definition, sent.metadata.name);
      }
    }
  }

  /** Applies a change to the object (PUT and PATCH), leaving its status alone. */
  update(target: ResourceTarget, change: Change, write: UserWrite): Promise<KubeObject> {
    return this.change(target, change, write, (sent, current) => {
      const object = target.definition.hasStatus ? { ...sent, status: current.status } : sent;
      return admit(target.definition, object, write, current);
    });
  }

  /** Applies a change to the status only. */
  updateStatus(target: ResourceTarget, change: Change, write: UserWrite): Promise<KubeObject> {
    return this.change(target, change, write, (sent, current) => ({
      ...current,
      status: admitStatus(target.definition, sent, write),
    }));
  }

  /** The object as it was last seen; it is still there while finalizers remain. */
  async remove(target: ResourceTarget, actor: Actor, options: DeleteOptions): Promise<KubeObject> {
    const removed = await this.store.resources
      .remove(keyOf(target), { actor, ...options })
      .catch((error: unknown) => this.explain(target, error));
    if (!removed) throw notFound(target.definition, target.name);
    return removed;
  }

  private change(
    target: ResourceTarget,
    change: Change,
    { actor, dryRun }: UserWrite,
    next: (sent: KubeObject, current: KubeObject) => KubeObject,
  ): Promise<KubeObject> {
    const apply = (current: KubeObject): KubeObject => {
      const sent = identified(target, change(current));
      refuseStale(target, sent, current);
      return next(sent, current);
    };
    return this.store.resources
      .update(keyOf(target), apply, { actor, dryRun })
      .catch((error: unknown) => this.explain(target, error));
  }

  private explain({ definition, name }: ResourceTarget, error: unknown): never {
    if (isStoreError(error, 'NotFound')) throw notFound(definition, name);
    if (isStoreError(error, 'Conflict')) throw conflict(definition, name, error.message);
    throw error;
  }
}

const NAME_MISSING = [{ field: 'metadata.name', reason: 'FieldValueRequired', message: 'Required value' }];

const isStoreError = (error: unknown, reason: StoreError['reason']): error is StoreError =>
  error instanceof StoreError && error.reason === reason;

const keyOf = ({ definition, namespace, name }: ResourceTarget): ResourceKey => ({
  kind: definition.kind,
  namespace,
  name,
});

const unknownNamespace = (namespace: string): ApiError =>
  new ApiError(
    404,
    'NotFound',
    `namespaces "${namespace}" not found: migrations are kept in ${SERVED_NAMESPACES.join(' and ')}`,
    { name: namespace, kind: 'namespaces' },
  );

/** The body as an object of the kind, in the namespace and under the name that the path says; 400 where they differ. */
function identified({ definition, namespace, name }: ResourceTarget, body: unknown): KubeObject {
  if (!isObject(body)) throw badRequest('the body must be one object');
  const metadata = isObject(body.metadata) ? { ...body.metadata } : {};
  const given = {
    ...body,
    apiVersion: body.apiVersion ?? apiVersionOf(definition),
    kind: body.kind ?? definition.kind,
  };
  mustBe('apiVersion', given.apiVersion, apiVersionOf(definition));
  mustBe('kind', given.kind, definition.kind);
  if (definition.namespaced) {
    mustBe('metadata.namespace', metadata.namespace || namespace, namespace);
    metadata.namespace = namespace;
  }
  if (name) {
    mustBe('metadata.name', metadata.name || name, name);
    metadata.name = name;
  }
  return { ...given, metadata } as unknown as KubeObject;
}

function mustBe(field: string, given: unknown, expected: string): void {
  if (given === expected) return;
  const message = `${field} is ${JSON.stringify(given)} in the body, but the request is about ${JSON.stringify(expected)}`;
  throw badRequest(message, [{ field, reason: 'FieldValueInvalid', message }]);
}

function refuseStale({ definition, name }: ResourceTarget, sent: KubeObject, current: KubeObject): void {
  const { uid, resourceVersion } = sent.metadata;
  if (uid && uid !== current.metadata.uid) {
    throw conflict(
      definition,
      name,
      `the uid is ${current.metadata.uid}, not ${uid}: it was deleted and created again`,
    );
  }
  if (resourceVersion && resourceVersion !== current.metadata.resourceVersion) {
    throw conflict(
      definition,
      name,
      'the object has been modified; please apply your changes to the latest version and try again',
    );
  }
}

function addFinalizers(object: KubeObject, finalizers: readonly string[] = []): void {
  if (finalizers.length > 0)
    object.metadata.finalizers = [...new Set([...(object.metadata.finalizers ?? []), ...finalizers])];
}
