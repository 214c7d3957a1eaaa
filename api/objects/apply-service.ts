import { Inject, Injectable } from '@nestjs/common';
import type { HoldsValue, MigrationStore } from '../../migrations-db/migration-store.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { admit, admitStatus } from '../admission/admit.js';
import { type Applier, applyObject } from '../apply/apply-object.js';
import { withoutNulls } from '../apply/remove.js';
import { withEntries } from '../apply/tracking.js';
import { ApiError, badRequest, conflict } from '../http/api-error.js';
import type { ResourceTarget } from '../http/resource-target.js';
import { STORE } from '../http/tokens.js';
import { isObject } from '../patch/merge-patch.js';
import { identify, refuseStale } from './identify.js';
import { explain, keyOf, ResourceService, refuseUnknownNamespace, type UserWrite } from './resource-service.js';
import { readSecret } from './secret-input.js';

export type ApplyWrite = UserWrite & Pick<Applier, 'force'>;

/** Others make or delete the object at the same time; so often in a row they do not. */
const ATTEMPTS = 5;

/** Server-side apply: what a manager wants of an object, whether it is there or not. Failures are ApiErrors or StoreErrors. */
@Injectable()
export class ApplyService {
  constructor(
    @Inject(STORE) private readonly store: MigrationStore,
    @Inject(ResourceService) private readonly resources: ResourceService,
  ) {}

  async apply(
    target: ResourceTarget,
    body: unknown,
    write: ApplyWrite,
  ): Promise<{ object: KubeObject; created: boolean }> {
    refuseUnknownNamespace(target);
    for (let attempt = 1; ; attempt++) {
      try {
        return { object: await this.applyTo(target, body, write), created: false };
      } catch (error) {
        if (!has(error, 'NotFound')) throw error;
      }
      try {
        return { object: await this.create(target, body, write), created: true };
      } catch (error) {
        if (!has(error, 'AlreadyExists') || attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** The same for the status, of an object that is there. */
  applyStatus(target: ResourceTarget, body: unknown, write: ApplyWrite): Promise<KubeObject> {
    const { definition } = target;
    return this.update(target, write, (current) => {
      const config = readConfig(target, body, current);
      const { object, entries } = applyObject(definition, current, config, { ...write, subresource: 'status' });
      return withEntries({ ...current, status: admitStatus(definition, object, write, current) }, entries);
    });
  }

  private applyTo(target: ResourceTarget, body: unknown, write: ApplyWrite): Promise<KubeObject> {
    const { definition } = target;
    return this.update(target, write, (current, holds) => {
      const config = readSecret(readConfig(target, body, current), holds);
      const { object, entries, kept } = applyObject(definition, current, config, write);
      const next = definition.hasStatus ? { ...object, status: current.status } : object;
      return withEntries(admit(definition, next, write, current, kept), entries);
    });
  }

  private async create(target: ResourceTarget, body: unknown, write: ApplyWrite): Promise<KubeObject> {
    const { definition, name } = target;
    const whole = readConfig(target, body);
    const { status: _, ...config } = whole;
    const { uid, resourceVersion } = config.metadata;
    if (uid || resourceVersion)
      throw conflict(definition, name, 'there is no such object; leave uid and resourceVersion out to create it');
    const sent = readSecret(definition.hasStatus ? (config as KubeObject) : whole, () => false);
    const { object, entries } = applyObject(definition, undefined, sent, write);
    return this.resources.add(definition, withEntries(admit(definition, object, write), entries), write);
  }

  private update(
    target: ResourceTarget,
    { actor, dryRun }: ApplyWrite,
    next: (current: KubeObject, holds: HoldsValue) => KubeObject,
  ): Promise<KubeObject> {
    return this.store.resources.update(keyOf(target), next, { actor, dryRun }).catch(explain(target));
  }
}

const has = (error: unknown, reason: string): boolean => error instanceof ApiError && error.reason === reason;

/** @throws ApiError 400 for what is not an object of the kind, 409 when its sender knew another one */
function readConfig(target: ResourceTarget, body: unknown, current?: KubeObject): KubeObject {
  const sent = withoutNulls(body);
  if (!isObject(sent) || !sent.apiVersion || !sent.kind) {
    throw badRequest('invalid object type: what is applied must be one object with apiVersion and kind');
  }
  const config = identify(target, sent);
  if (config.metadata.managedFields !== undefined) throw badRequest('metadata.managedFields must be nil');
  if (current) refuseStale(target, config, current);
  return config;
}
