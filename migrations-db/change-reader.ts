import type { EntityManager } from 'typeorm';
import { type LoggedChange, type LogPart, StoreError } from './migration-store.js';
import { RevisionEntity } from './schema/revision-entity.js';
import type { SealedFields } from './sealed-fields.js';
import { asRead, toObject } from './stored-object.js';

export async function readRevisions(manager: EntityManager): Promise<{ current: string; compactedTo: string }> {
  const { value, compactedTo } = await manager.findOneByOrFail(RevisionEntity, { id: 1 });
  return { current: value, compactedTo };
}

export const readCurrentRevision = async (manager: EntityManager): Promise<string> =>
  (await readRevisions(manager)).current;

/** The only row of `revision`, and beside it each change: one statement sees both at one moment, whatever is compacted at the same time. */
const READ_LOG = `
  SELECT state.value AS current, state.compacted_to AS "compactedTo", c.revision, c.type, c.kind, c.namespace, c.name,
    c.object, c.previous
  FROM revision state LEFT JOIN LATERAL (
    SELECT * FROM changes
    WHERE revision > $1 AND ($2::text IS NULL OR kind = $2) AND ($3::text IS NULL OR namespace = $3)
    ORDER BY revision LIMIT $4
  ) c ON true
  ORDER BY c.revision`;

type LogRow = { current: string; compactedTo: string } & (LoggedChange | { revision: null });

/** @throws StoreError Gone, Invalid */
export async function readLogAfter(
  manager: EntityManager,
  revision: string,
  { kind, namespace }: { kind?: string; namespace?: string },
  limit: number,
  sealed: SealedFields,
): Promise<LogPart> {
  if (!/^\d{1,18}$/.test(revision)) {
    throw new StoreError('Invalid', `"${revision}" is not a resourceVersion`);
  }
  const rows: LogRow[] = await manager.query(READ_LOG, [revision, kind ?? null, namespace ?? null, limit]);
  const { current = '0', compactedTo = '0' } = rows[0] ?? {};
  if (BigInt(revision) < BigInt(compactedTo)) {
    throw new StoreError('Gone', `The log no longer reaches back to resourceVersion ${revision}: list again`);
  }
  if (BigInt(revision) > BigInt(current)) {
    throw new StoreError('Gone', `resourceVersion ${revision} is not from this database: list again`);
  }
  const changes = rows.flatMap((row) => (row.revision === null ? [] : toLoggedChange(row, sealed)));
  return { changes, upTo: changes.length < limit ? current : (changes.at(-1)?.revision ?? revision) };
}

function toLoggedChange(
  { revision, type, kind, namespace, name, object, previous }: LoggedChange,
  sealed: SealedFields,
): LoggedChange {
  return {
    revision,
    type,
    kind,
    namespace,
    name,
    object: toObject(sealed.open(object), revision),
    previous: previous ? asRead(sealed.open(previous)) : undefined,
  };
}
