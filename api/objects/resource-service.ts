import { Inject, Injectable } from '@nestjs/common';
import {
  type Actor,
  type HoldsValue,
  type MigrationStore,
  type ResourceKey,
  StoreError,
} from '../../migrations-db/migration-store.js';
import { SERVED_NAMESPACES } from '../../resources/kinds/core/namespace.js';
import { withFinalizers } from '../../resources/kinds/new-object.js';
import type { KindDefinition } from '../../resources/meta/kind-definition.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { type Admission, admit, admitStatus } from '../admission/admit.js';
import { planErrors } from '../admission/plan-errors.js';
import { takeManagedFields } from '../apply/read-managed-fields.js';
import { type FieldWriter, trackCreate, trackUpdate } from '../apply/tracking.js';
import { waitsFor, withFinalizer } from '../deletion/dependents.js';
import { DependentsCollector } from '../deletion/dependents-collector.js';
import { ApiError, alreadyExists, badRequest, conflict, invalid, notFound } from '../http/api-error.js';
import type { ResourceTarget } from '../http/resource-target.js';
import { STORE } from '../http/tokens.js';
import type { DeleteOptions } from './delete-options.js';
import { generateName } from './generate-name.js';
import { identify, refuseStale } from './identify.js';
import { withRollbackPreview } from './rollback-preview.js';
import { readSecret } from './secret-input.js';

export interface UserWrite extends Admission {
  actor: Actor;
  dryRun: boolean;
  /** Under which name the fields are owned that it changes. */
  manager: string;
}

/** Makes the next state of an object, as a user wants it, from the current one. */
export type Change = (current: KubeObject) => unknown;

const NAME_ATTEMPTS = 5;

/** Users' reads and writes of objects, by the rules of the Kubernetes API. Failures are ApiErrors or StoreErrors. */
@Injectable()
export class ResourceService {
  constructor(
    @Inject(STORE) private readonly store: MigrationStore,
    @Inject(DependentsCollector) private readonly collector: DependentsCollector,
  ) {}

  async get(target: ResourceTarget): Promise<KubeObject> {
    const object = await this.store.resources.get(keyOf(target));
    if (!object) throw notFound(target.definition, target.name);
    return object;
  }

  async create(target: ResourceTarget, body: unknown, write: UserWrite): Promise<KubeObject> {
    const { definition } = target;
    refuseUnknownNamespace(target);
    const sent = identify(target, body);
    if (definition.hasStatus) delete sent.status;
    const { name, generateName: prefix, resourceVersion } = sent.metadata;
    if (resourceVersion && resourceVersion !== '0') {
      throw badRequest('metadata.resourceVersion should not be set on objects to be created');
    }
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
    const { object, entries } = takeManagedFields(sent);
    const admitted = admit(
      definition,
      readSecret(object, () => false),
      write,
    );
    return this.add(definition, trackCreate(definition, admitted, write, entries), write);
  }

  /** Stores a new object that was admitted. */
  async add(definition: KindDefinition, admitted: KubeObject, write: UserWrite): Promise<KubeObject> {
    const object = withFinalizers(definition, admitted);
    const { name } = object.metadata;
    const errors = await planErrors(this.store, object);
    if (errors.length > 0) throw invalid(definition, name, errors);
    try {
      const created = await this.store.resources.create(object, { actor: write.actor, dryRun: write.dryRun });
      return write.dryRun ? await withRollbackPreview(this.store, created) : created;
    } catch (error) {
      throw isStoreError(error, 'AlreadyExists') ? alreadyExists(definition, name) : error;
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
    const writer = { ...write, subresource: 'status' } as const;
    return this.change(target, change, writer, (sent, current) => ({
      ...current,
      status: admitStatus(target.definition, sent, write, current),
    }));
  }

  private change(
    target: ResourceTarget,
    change: Change,
    { actor, dryRun, ...writer }: UserWrite & FieldWriter,
    next: (sent: KubeObject, current: KubeObject) => KubeObject,
  ): Promise<KubeObject> {
    const { definition } = target;
    const apply = (current: KubeObject, holds: HoldsValue): KubeObject => {
      const { object, entries } = takeManagedFields(identify(target, change(current)));
      refuseStale(target, object, current);
      const after = next(readSecret(object, holds), current);
      // Fields are not handed over through a subresource.
      return trackUpdate(definition, current, after, writer, writer.subresource ? undefined : entries);
    };
    return this.store.resources.update(keyOf(target), apply, { actor, dryRun }).catch(explain(target));
  }

  /** The object as it was last seen. It still exists while it has finalizers, or dependents that are deleted before it. */
  async remove(target: ResourceTarget, actor: Actor, options: DeleteOptions): Promise<KubeObject> {
    const { propagation, dryRun, uid, resourceVersion } = options;
    const { resources } = this.store;
    const key = keyOf(target);
    const finalizer = dryRun ? undefined : await waitsFor(this.store, target.definition, key, propagation);
    if (finalizer) {
      const wait = withFinalizer(finalizer);
      await resources.update(key, wait, { actor, uid, resourceVersion }).catch(explain(target));
    }
    const removed = await resources
      .remove(key, { actor, dryRun, uid, resourceVersion: finalizer ? undefined : resourceVersion })
      .catch(explain(target));
    if (!removed) throw notFound(target.definition, target.name);
    if (finalizer) await this.collector.settleSoon(removed, actor);
    return removed;
  }

  /**
   * Removes the objects of a collection; those that are gone already are left out.
   *
   * @param isWanted asked before each: false once the client no longer waits for it
   */
  async removeAll(
    target: ResourceTarget,
    objects: KubeObject[],
    actor: Actor,
    options: DeleteOptions,
    isWanted: () => boolean,
  ): Promise<void> {
    for (const { metadata } of objects) {
      if (!isWanted()) return;
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
export const explain =
  ({ definition, name }: ResourceTarget) =>
  (error: unknown): never => {
    if (isStoreError(error, 'NotFound')) throw notFound(definition, name);
    if (isStoreError(error, 'Conflict')) throw conflict(definition, name, error.message);
    throw error;
  };

export const keyOf = ({ definition, namespace, name }: ResourceTarget): ResourceKey => ({
  kind: definition.kind,
  namespace,
  name,
});

const nameMissing = (): ApiError =>
  badRequest('metadata.name (or metadata.generateName) is required', [
    { field: 'metadata.name', reason: 'FieldValueRequired', message: 'Required value' },
  ]);

/** @throws ApiError 404 */
export function refuseUnknownNamespace({ definition, namespace }: ResourceTarget): void {
  if (!definition.namespaced || SERVED_NAMESPACES.includes(namespace)) return;
  throw new ApiError(
    404,
    'NotFound',
    `namespaces "${namespace}" not found: migrations are kept in ${SERVED_NAMESPACES.join(' and ')}`,
    { name: namespace, kind: 'namespaces' },
  );
}
