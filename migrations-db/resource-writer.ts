import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { EntityManager } from 'typeorm';
import { REGISTERED } from '../resources/kinds/registrations.js';
import type { KubeObject } from '../resources/meta/kube-object.js';
import { wholeSeconds } from '../resources/meta/time.js';
import { appendChange } from './change-log.js';
import { type Actor, type HoldsValue, type OutboxMessage, StoreError } from './migration-store.js';
import { concernsReferrers, messageAbout, type ObjectChange } from './outbox-messages.js';
import type { ResourceEntity } from './schema/resource-entity.js';
import type { SealedFields } from './sealed-fields.js';
import { referenceKey, type SearchKeys } from './search-keys.js';
import { type SecretValues, separateSecretValues } from './secret-values.js';
import { describeKey, keyOf, toObject, toStored, wantsTheSame } from './stored-object.js';

/** Writes objects within a transaction of the caller: values of Secrets apart, playbooks sealed, outbox, log, and the revision last of all. */
export class ResourceWriter {
  constructor(
    private readonly secretValues: SecretValues,
    private readonly sealed: SealedFields,
  ) {}

  async insert(manager: EntityManager, wanted: KubeObject, actor: Actor): Promise<KubeObject> {
    const object = toStored(wanted);
    const uid = randomUUID();
    const { deletionTimestamp, deletionGracePeriodSeconds, ...metadata } = object.metadata;
    object.metadata = { ...metadata, uid, creationTimestamp: wholeSeconds(new Date()), generation: 1 };
    const secret = await this.saveValues(manager, uid, object);
    return this.write(manager, { type: 'ADDED', ...secret }, 'create', actor);
  }

  /** Stores the next state of a locked row; the current one is returned when nothing differs. */
  async replace(manager: EntityManager, row: ResourceEntity, wanted: KubeObject, actor: Actor): Promise<KubeObject> {
    const previous = row.object;
    const next = withSystemFields(toStored(wanted), previous);
    const { object, valuesChanged } = await this.saveValues(manager, row.uid, next, previous);
    if (!valuesChanged && isDeepStrictEqual(object, previous)) {
      return toObject(this.sealed.open(previous), row.revision);
    }
    if (valuesChanged || !wantsTheSame(object, previous)) {
      object.metadata.generation = (previous.metadata.generation ?? 0) + 1;
    }
    const type = object.metadata.deletionTimestamp && !object.metadata.finalizers?.length ? 'DELETED' : 'MODIFIED';
    return this.write(manager, { type, object, previous, valuesChanged }, 'update', actor);
  }

  /** Removes a locked row, or marks it as being deleted while finalizers remain. */
  async remove(manager: EntityManager, row: ResourceEntity, actor: Actor): Promise<KubeObject> {
    const previous = row.object;
    if (!previous.metadata.finalizers?.length) {
      return this.write(
        manager,
        { type: 'DELETED', object: previous, previous, valuesChanged: false },
        'delete',
        actor,
      );
    }
    if (previous.metadata.deletionTimestamp) {
      return toObject(this.sealed.open(previous), row.revision);
    }
    const object = structuredClone(previous);
    Object.assign(object.metadata, { deletionTimestamp: wholeSeconds(new Date()), deletionGracePeriodSeconds: 0 });
    return this.write(manager, { type: 'MODIFIED', object, previous, valuesChanged: false }, 'delete', actor);
  }

  /** Tells of a locked Secret that cannot change whether it has a value already, without giving any. */
  async valuesHeld(manager: EntityManager, { object, uid }: ResourceEntity): Promise<HoldsValue> {
    return object.kind === 'Secret' && object.immutable === true ? this.secretValues.held(manager, uid) : () => false;
  }

  private async saveValues(manager: EntityManager, uid: string, object: KubeObject, previous?: KubeObject) {
    if (object.kind !== 'Secret') {
      return { object: this.sealed.seal(object, previous), valuesChanged: false };
    }
    const secret = separateSecretValues(object);
    return { object: secret.object, valuesChanged: await this.secretValues.save(manager, uid, secret) };
  }

  private async write(
    manager: EntityManager,
    change: ObjectChange,
    verb: 'create' | 'update' | 'delete',
    actor: Actor,
  ): Promise<KubeObject> {
    const message = messageAbout(change);
    const messages = [
      ...(message ? [messageOf(change.object, message)] : []),
      ...(concernsReferrers(change) ? await findReferrers(manager, change.object) : []),
    ];
    await writeOutbox(manager, messages);
    return toObject(this.sealed.open(change.object), await appendChange(manager, change, verb, actor));
  }
}

/** What clients cannot set: who the object is, and its deletion. */
function withSystemFields(next: KubeObject, previous: KubeObject): KubeObject {
  const { uid, name, namespace, creationTimestamp, generation, deletionTimestamp } = previous.metadata;
  if (
    next.kind !== previous.kind ||
    next.metadata.name !== name ||
    (next.metadata.namespace ?? '') !== (namespace ?? '')
  ) {
    throw new StoreError('Invalid', `${describeKey(keyOf(previous))}: kind, namespace and name cannot be changed`);
  }
  const { deletionGracePeriodSeconds } = previous.metadata;
  const known = new Set(previous.metadata.finalizers);
  const added = next.metadata.finalizers?.find((finalizer) => !known.has(finalizer));
  if (deletionTimestamp && added) {
    throw new StoreError('Invalid', `${describeKey(keyOf(previous))} is being deleted: no finalizer can be added`);
  }
  const fixed = { uid, name, namespace, creationTimestamp, generation, deletionTimestamp, deletionGracePeriodSeconds };
  return toStored({ ...next, metadata: { ...next.metadata, ...fixed } });
}

type NewMessage = Omit<OutboxMessage, 'id'>;

const messageOf = (object: KubeObject, change: OutboxMessage['change']): NewMessage => ({
  ...keyOf(object),
  uid: object.metadata.uid ?? '',
  change,
});

async function findReferrers(manager: EntityManager, target: KubeObject): Promise<NewMessage[]> {
  const keys = { references: [referenceKey(keyOf(target))] } satisfies SearchKeys;
  const referrers: Omit<NewMessage, 'change'>[] = await manager.query(
    'SELECT uid, kind, namespace, name FROM resources WHERE keys @> $1 AND kind = ANY ($2)',
    [JSON.stringify(keys), REGISTERED.referringTo(target.kind)],
  );
  return referrers.map((referrer) => ({ ...referrer, change: 'referenced' }));
}

async function writeOutbox(manager: EntityManager, messages: NewMessage[]): Promise<void> {
  if (messages.length > 0) {
    await manager.query(
      `WITH written AS (
         INSERT INTO outbox (uid, kind, namespace, name, change)
         SELECT uid, kind, namespace, name, change
         FROM jsonb_to_recordset($1) AS message (uid text, kind text, namespace text, name text, change text)
       )
       SELECT pg_notify('mtc_outbox', '')`,
      [JSON.stringify(messages)],
    );
  }
}
