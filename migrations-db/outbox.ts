import { In } from 'typeorm';
import type { Database } from './database.js';
import type { Outbox, OutboxMessage } from './migration-store.js';
import type { NotificationListener } from './notification-listener.js';
import { OutboxEntity } from './schema/outbox-entity.js';

export class PostgresOutbox implements Outbox {
  constructor(
    private readonly database: Database,
    private readonly notifications: NotificationListener,
  ) {}

  drain(limit: number, deliver: (message: OutboxMessage) => Promise<void>): Promise<number> {
    return this.database.transaction(async (manager) => {
      // Only each object's oldest message: what comes after it waits for it, whoever delivers it.
      const messages: OutboxMessage[] = await manager.query(
        `SELECT id, kind, namespace, name, uid, change FROM outbox message
         WHERE NOT EXISTS (SELECT FROM outbox older WHERE older.uid = message.uid AND older.id < message.id)
         ORDER BY attempts, id LIMIT $1 FOR UPDATE SKIP LOCKED`,
        [limit],
      );
      const outcomes = await Promise.allSettled(messages.map(async (message) => deliver(message)));
      const idsOf = (status: 'fulfilled' | 'rejected') =>
        messages.filter((_, index) => outcomes[index]?.status === status).map(({ id }) => id);
      const [delivered, failed] = [idsOf('fulfilled'), idsOf('rejected')];
      if (delivered.length > 0) {
        await manager.delete(OutboxEntity, { id: In(delivered) });
      }
      if (failed.length > 0) {
        await manager.increment(OutboxEntity, { id: In(failed) }, 'attempts', 1);
      }
      return delivered.length;
    });
  }

  onMessage(listener: () => void): () => void {
    return this.notifications.on('mtc_outbox', listener);
  }
}
