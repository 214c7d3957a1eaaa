import type { EntityManager } from 'typeorm';
import { type Actor, StoreError } from './migration-store.js';
import type { ObjectChange } from './outbox-messages.js';
import { searchKeysOf } from './search-keys.js';
import { describeKey, keyOf } from './stored-object.js';

const WRITE_OBJECT = {
  ADDED: `INSERT INTO resources (uid, kind, namespace, name, revision, object, keys)
          SELECT $1, $2, $3, $4, next.value, $5::jsonb, $10::jsonb FROM next
          ON CONFLICT (kind, namespace, name) DO NOTHING RETURNING uid`,
  MODIFIED: `UPDATE resources SET revision = next.value, object = $5::jsonb, keys = $10::jsonb FROM next
             WHERE uid = $1 RETURNING uid`,
  DELETED: 'DELETE FROM resources USING next WHERE uid = $1 RETURNING uid',
} as const;

/**
 * Writes an object and its entry in the log under the next revision, which it returns. Must be the last statement of its
 * transaction: from here to the commit all other writers wait, so that revisions become visible in their order.
 *
 * @throws StoreError AlreadyExists
 */
export async function appendChange(
  manager: EntityManager,
  { type, object, previous }: ObjectChange,
  verb: 'create' | 'update' | 'delete',
  actor: Actor,
): Promise<string> {
  const { kind, namespace, name } = keyOf(object);
  const rows: { revision: string }[] = await manager.query(
    `WITH next AS (UPDATE revision SET value = value + 1 RETURNING value),
          written AS (${WRITE_OBJECT[type]}),
          logged AS (
            INSERT INTO changes (revision, uid, kind, namespace, name, object, previous, type, verb, actor)
            SELECT next.value, $1, $2, $3, $4, $5::jsonb, $6::jsonb, $7, $8, $9 FROM next, written
          )
     SELECT next.value AS revision, pg_notify('mtc_changes', '') FROM next, written`,
    [
      object.metadata.uid,
      kind,
      namespace,
      name,
      JSON.stringify(object),
      previous && JSON.stringify(previous),
      type,
      verb,
      actor.name,
      ...(type === 'DELETED' ? [] : [JSON.stringify(searchKeysOf(object))]),
    ],
  );
  const [row] = rows;
  if (!row) {
    throw new StoreError('AlreadyExists', `${describeKey({ kind, namespace, name })} already exists`);
  }
  return row.revision;
}
