import type { EntityManager } from 'typeorm';
import { type LoggedChange, StoreError } from './migration-store.js';
import { ChangeEntity } from './schema/change-entity.js';
import { RevisionEntity } from './schema/revision-entity.js';
import { asRead, toObject } from './stored-object.js';

export async function readRevisions(manager: EntityManager): Promise<{ current: string; compactedTo: string }> {
  const { value, compactedTo } = await manager.findOneByOrFail(RevisionEntity, { id: 1 });
  return { current: value, compactedTo };
}

export const readCurrentRevision = async (manager: EntityManager): Promise<string> =>
  (await readRevisions(manager)).current;

/** @throws StoreError Gone, Invalid */
export async function readChangesAfter(
  manager: EntityManager,
  revision: string,
  { kind, namespace }: { kind?: string; namespace?: string },
  limit: number,
): Promise<LoggedChange[]> {
  if (!/^\d{1,18}$/.test(revision)) {
    throw new StoreError('Invalid', `"${revision}" is not a resourceVersion`);
  }
  const changes = manager
    .createQueryBuilder(ChangeEntity, 'c')
    .where('c.revision > :revision', { revision })
    .orderBy('c.revision')
    .limit(limit);
  if (kind !== undefined) {
    changes.andWhere('c.kind = :kind', { kind });
  }
  if (namespace !== undefined) {
    changes.andWhere('c.namespace = :namespace', { namespace });
  }
  const rows = await changes.getMany();
  // After the read: a compaction in between has moved the limit together with removing rows.
  const { current, compactedTo } = await readRevisions(manager);
  if (BigInt(revision) < BigInt(compactedTo)) {
    throw new StoreError('Gone', `The log no longer reaches back to resourceVersion ${revision}: list again`);
  }
  if (BigInt(revision) > BigInt(current)) {
    throw new StoreError('Gone', `resourceVersion ${revision} is not from this database: list again`);
  }
  return rows.map(toLoggedChange);
}

function toLoggedChange(row: ChangeEntity): LoggedChange {
  const { revision, type, kind, namespace, name, previous } = row;
  const object = toObject(row.object, revision);
  return { revision, type, kind, namespace, name, object, previous: previous ? asRead(previous) : undefined };
}
