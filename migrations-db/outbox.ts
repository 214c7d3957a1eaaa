import { In } from 'typeorm';
import type { Database } from './database.js';
import type { Outbox, OutboxMessage } from './migration-store.js';
import type { NotificationListener } from './notification-listener.js';
import { OutboxEntity } from './schema/outbox-entity.js';

type Deliver = (message: OutboxMessage) => Promise<void>;

export class PostgresOutbox implements Outbox {
  constructor(
    private readonly database: Database,
    private readonly notifications: NotificationListener,
  ) {}

  async drain(limit: number, deliver: Deliver): Promise<number> {
    const failed: string[] = [];
    let total = 0;
    let delivered: number;
    do {
      delivered = await this.deliverOldest(limit - total, deliver, failed);
      total += delivered;
    } while (delivered > 0 && total < limit);
    return total;
  }

  onMessage(listener: () => void): () => void {
    return this.notifications.on('mtc_outbox', listener);
  }

  /** Each object's oldest message: what comes after it waits for it, whoever delivers it. Adds to `failed`, and leaves those out. */
  private deliverOldest(limit: number, deliver: Deliver, failed: string[]): Promise<number> {
    return this.database.transaction(async (manager) => {
      const messages: OutboxMessage[] = await manager.query(
        `SELECT id, kind, namespace, name, uid, change FROM outbox message
         WHERE NOT EXISTS (SELECT FROM outbox older WHERE older.uid = message.uid AND older.id < message.id)
         AND id <> ALL ($2)
         ORDER BY attempts, id LIMIT $1 FOR UPDATE SKIP LOCKED`,
        [limit, failed],
      );
      const outcomes = await Promise.allSettled(messages.map(async (message) => deliver(message)));
      const idsOf = (status: 'fulfilled' | 'rejected') =>
        messages.filter((_, index) => outcomes[index]?.status === status).map(({ id }) => id);
      const [delivered, refused] = [idsOf('fulfilled'), idsOf('rejected')];
      if (delivered.length > 0) {
        await manager.delete(OutboxEntity, { id: In(delivered) });
      }
      if (refused.length > 0) {
        await manager.increment(OutboxEntity, { id: In(refused) }, 'attempts', 1);
        failed.push(...refused);
      }
      return delivered.length;
    });
  }
}
