import { Inject, Injectable } from '@nestjs/common';
import { type Actor, type MigrationStore, type ResourceKey, StoreError } from '../../migrations-db/migration-store.js';
import { SERVED_NAMESPACES } from '../../resources/kinds/core/namespace.js';
import { withFinalizers } from '../../resources/kinds/new-object.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { type Admission, admit, admitStatus } from '../admission/admit.js';
import { planErrors } from '../admission/plan-errors.js';
import { dependentsOf, releaseOwners, removeAll, waitForDependents } from '../deletion/dependents.js';
import { ApiError, alreadyExists, badRequest, conflict, invalid, notFound } from '../http/api-error.js';
import type { ResourceTarget } from '../http/resource-target.js';
import { STORE } from '../http/tokens.js';
import type { DeleteOptions } from './delete-options.js';
import { generateName } from './generate-name.js';
import { identify, refuseStale } from './identify.js';
import { withRollbackPreview } from './rollback-preview.js';

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
    if (definition.namespaced && !SERVED_NAMESPACES.includes(namespace)) throw unknownNamespace(namespace);
    const sent = identify(target, body);
    if (definition.hasStatus) delete sent.status;
    const { name, generateName: prefix } = sent.metadata;
    if (name) return this.insert(target, sent, write);
    if (typeof prefix !== 'string' || prefix === '') throw nameMissing();
    for (let attempt = 1; ; attempt++) {
      try {
        const named = { ...sent, metadata: { ...sent.metadata, name: generateName(prefix) } };
        return await this.insert(target, named, write);
      } catch (error) {
        const taken = error instanceof ApiError && error.reason === 'AlreadyExists';
        if (!taken || attempt === NAME_ATTEMPTS) throw error;
      }
    }
  }

  private async insert({ definition }: ResourceTarget, sent: KubeObject, write: UserWrite): Promise<KubeObject> {
    const object = withFinalizers(definition, admit(definition, sent, write));
    const errors = await planErrors(this.store, object);
    if (errors.length > 0) throw invalid(definition, sent.metadata.name, errors);
    try {
      const created = await this.store.resources.create(object, { actor: write.actor, dryRun: write.dryRun });
      return write.dryRun ? await withRollbackPreview(this.store, created) : created;
    } catch (error) {
      throw isStoreError(error, 'AlreadyExists') ? alreadyExists(definition, sent.metadata.name) : error;
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
      status: admitStatus(target.definition, sent, write, current),
    }));
  }

  private change(
    target: ResourceTarget,
    change: Change,
    { actor, dryRun }: UserWrite,
    next: (sent: KubeObject, current: KubeObject) => KubeObject,
  ): Promise<KubeObject> {
    const apply = (current: KubeObject): KubeObject => {
      const sent = identify(target, change(current));
      refuseStale(target, sent, current);
      return next(sent, current);
    };
    return this.store.resources.update(keyOf(target), apply, { actor, dryRun }).catch(explain(target));
  }

  /** The object as it was last seen. It still exists while it has finalizers, or dependents that are deleted before it. */
  async remove(target: ResourceTarget, actor: Actor, options: DeleteOptions): Promise<KubeObject> {
    const { orphan, dryRun, uid, resourceVersion } = options;
    const { resources } = this.store;
    const dependents = orphan || dryRun ? [] : await dependentsOf(this.store, target.definition, target);
    const waits = dependents.length > 0;
    if (waits) {
      await resources.update(keyOf(target), waitForDependents, { actor, uid, resourceVersion }).catch(explain(target));
    }
    const removed = await resources
      .remove(keyOf(target), { actor, dryRun, uid, resourceVersion: waits ? undefined : resourceVersion })
      .catch(explain(target));
    if (!removed) throw notFound(target.definition, target.name);
    if (waits) {
      await removeAll(this.store, dependents, { actor });
      await releaseOwners(this.store, target.definition);
    }
    return removed;
  }

  /** Removes the objects of a collection; those that were removed in the meantime are left out. */
  async removeAll(target: ResourceTarget, objects: KubeObject[], actor: Actor, options: DeleteOptions): Promise<void> {
    for (const { metadata } of objects) {
      const { name, namespace = '', uid } = metadata;
      await this.remove({ ...target, namespace, name }, actor, { ...options, uid }).catch((error: unknown) => {
        const gone = error instanceof ApiError && ['NotFound', 'Conflict'].includes(error.reason);
        if (!gone) throw error;
      });
    }
  }
}

const isStoreError = (error: unknown, reason: StoreError['reason']): error is StoreError =>
  error instanceof StoreError && error.reason === reason;

/** Puts the store's failures about one object into the words of the API. */
const explain =
  ({ definition, name }: ResourceTarget) =>
  (error: unknown): never => {
    if (isStoreError(error, 'NotFound')) throw notFound(definition, name);
    if (isStoreError(error, 'Conflict')) throw conflict(definition, name, error.message);
    throw error;
  };

const keyOf = ({ definition, namespace, name }: ResourceTarget): ResourceKey => ({
  kind: definition.kind,
  namespace,
  name,
});

const nameMissing = (): ApiError =>
  badRequest('metadata.name (or metadata.generateName) is required', [
    { field: 'metadata.name', reason: 'FieldValueRequired', message: 'Required value' },
  ]);

const unknownNamespace = (namespace: string): ApiError =>
  new ApiError(
    404,
    'NotFound',
    `namespaces "${namespace}" not found: migrations are kept in ${SERVED_NAMESPACES.join(' and ')}`,
    { name: namespace, kind: 'namespaces' },
  );
