import type { EntityManager } from 'typeorm';
import type { KubeObject } from '../resources/meta/kube-object.js';
import { readCurrentRevision, readLogAfter } from './change-reader.js';
import type { Database } from './database.js';
import {
  type HoldsValue,
  type ListPage,
  type ListQuery,
  type LoggedChange,
  type LogPart,
  type ResourceKey,
  type ResourceRepository,
  type Search,
  StoreError,
  type WriteOptions,
} from './migration-store.js';
import type { NotificationListener } from './notification-listener.js';
import { listResources } from './resource-list.js';
import type { ResourceWriter } from './resource-writer.js';
import { ResourceEntity } from './schema/resource-entity.js';
import type { SealedFields } from './sealed-fields.js';
import { ownerlessRows, searchRows } from './selection.js';
import { CallerError } from './store-failures.js';
import { asStored, describeKey, keyOf, toObject } from './stored-object.js';

export class PostgresResourceRepository implements ResourceRepository {
  constructor(
    private readonly database: Database,
    private readonly writer: ResourceWriter,
    private readonly notifications: NotificationListener,
    private readonly sealed: SealedFields,
  ) {}

  async get({ kind, namespace, name }: ResourceKey): Promise<KubeObject | undefined> {
    const row = await this.database.run((manager) => manager.findOneBy(ResourceEntity, { kind, namespace, name }));
    return row ? this.read(row) : undefined;
  }

  list(query: ListQuery): Promise<ListPage> {
    return this.database.transaction((manager) => listResources(manager, query, this.sealed), {
      isolation: 'REPEATABLE READ',
    });
  }

  async find(search: Search, limit?: number): Promise<KubeObject[]> {
    const rows = await this.database.run((manager) => searchRows(manager, search).limit(limit).getMany());
    return rows.map((row) => this.read(row));
  }

  async findOwnerless(limit: number, afterUid = ''): Promise<KubeObject[]> {
    const rows = await this.database.run((manager) => ownerlessRows(manager, afterUid).limit(limit).getMany());
    return rows.map((row) => this.read(row));
  }

  async create(object: KubeObject, options: WriteOptions): Promise<KubeObject> {
    if (!object.metadata?.name) {
      throw new StoreError('Invalid', `${object.kind}: metadata.name is required`);
    }
    return this.write(options, async (manager) => {
      const { kind, namespace, name } = keyOf(object);
      // Checked here, before a Secret's values are stored; the unique index decides between two that come at once.
      if (await manager.existsBy(ResourceEntity, { kind, namespace, name })) {
        throw new StoreError('AlreadyExists', `${describeKey(keyOf(object))} already exists`);
      }
      return this.writer.insert(manager, object, options.actor);
    });
  }

  update(
    key: ResourceKey,
    change: (current: KubeObject, holds: HoldsValue) => KubeObject,
    options: WriteOptions,
  ): Promise<KubeObject> {
    return this.write(options, async (manager) => {
      const row = await lockRow(manager, key, options);
      if (!row) {
        throw new StoreError('NotFound', `${describeKey(key)} not found`);
      }
      const holds = await this.writer.valuesHeld(manager, row);
      const next = applied((current) => change(current, holds), asStored(this.sealed.open(row.object), row.revision));
      return this.writer.replace(manager, row, next, options.actor);
    });
  }

  remove(key: ResourceKey, options: WriteOptions): Promise<KubeObject | undefined> {
    return this.write(options, async (manager) => {
      const row = await lockRow(manager, key, options);
      return row ? this.writer.remove(manager, row, options.actor) : undefined;
    });
  }

  changesAfter(
    revision: string,
    filter: { kind?: string; namespace?: string },
    limit: number,
  ): Promise<LoggedChange[]> {
    return this.logAfter(revision, filter, limit).then(({ changes }) => changes);
  }

  logAfter(revision: string, filter: { kind?: string; namespace?: string }, limit: number): Promise<LogPart> {
    return this.database.run((manager) => readLogAfter(manager, revision, filter, limit, this.sealed));
  }

  currentRevision(): Promise<string> {
    return this.database.run(readCurrentRevision);
  }

  onChange(listener: () => void): () => void {
    return this.notifications.on('mtc_changes', listener);
  }

  private read({ object, revision }: ResourceEntity): KubeObject {
    return toObject(this.sealed.open(object), revision);
  }

  private write<T>(options: WriteOptions, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.database.transaction(work, { rollBack: options.dryRun });
  }
}

function applied(change: (current: KubeObject) => KubeObject, current: KubeObject): KubeObject {
  try {
    return change(structuredClone(current));
  } catch (error) {
    throw new CallerError(error);
  }
}

async function lockRow(
  manager: EntityManager,
  key: ResourceKey,
  { uid, resourceVersion }: WriteOptions,
): Promise<ResourceEntity | null> {
  const { kind, namespace, name } = key;
  const row = await manager.findOne(ResourceEntity, {
    where: { kind, namespace, name },
    lock: { mode: 'pessimistic_write' },
  });
  if (row && uid !== undefined && uid !== row.uid) {
    throw new StoreError(
      'Conflict',
      `${describeKey(key)} has uid ${row.uid}, not ${uid}: it was deleted and created again`,
    );
  }
  if (row && resourceVersion !== undefined && resourceVersion !== row.revision) {
    throw new StoreError(
      'Conflict',
      `${describeKey(key)}: the object has been modified; please apply your changes to the latest version and try again`,
    );
  }
  return row;
}
