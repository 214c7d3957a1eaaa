import { randomUUID } from 'node:crypto';
import type { Database } from './database.js';
import type { Outbox, OutboxMessage } from './migration-store.js';
import type { NotificationListener } from './notification-listener.js';

type Deliver = (message: OutboxMessage) => Promise<void>;

/** For this long, other dispatchers leave alone what one has taken without renewing its lease. */
const LEASE_SECONDS = 10;
const RENEW_MS = 3_000;

/**
 * Messages are leased, delivered and removed, each in a transaction of its own: none is open while Temporal is asked. A dispatcher that dies
 * in between leaves its messages to the next one when the lease has run out.
 */
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
  private async deliverOldest(limit: number, deliver: Deliver, failed: string[]): Promise<number> {
    const lease = randomUUID();
    const messages = await this.take(lease, limit, failed);
    if (messages.length === 0) return 0;
    const renewal = setInterval(() => void this.renew(lease).catch(() => undefined), RENEW_MS);
    try {
      const outcomes = await Promise.allSettled(messages.map(async (message) => deliver(message)));
      const idsOf = (status: 'fulfilled' | 'rejected') =>
        messages.filter((_, index) => outcomes[index]?.status === status).map(({ id }) => id);
      const [delivered, refused] = [idsOf('fulfilled'), idsOf('rejected')];
      failed.push(...refused);
      await this.settle(lease, delivered, refused);
      return delivered.length;
    } finally {
      clearInterval(renewal);
    }
  }

  private async take(lease: string, limit: number, failed: readonly string[]): Promise<OutboxMessage[]> {
    const [messages]: [OutboxMessage[], number] = await this.database.run((manager) =>
      manager.query(
        `UPDATE outbox SET leased_by = $1, leased_until = now() + make_interval(secs => $2)
         WHERE id IN (
           SELECT id FROM outbox message
           WHERE NOT EXISTS (SELECT FROM outbox older WHERE older.uid = message.uid AND older.id < message.id)
           AND (leased_until IS NULL OR leased_until < now()) AND id <> ALL ($3)
           ORDER BY attempts, id LIMIT $4 FOR UPDATE SKIP LOCKED
         ) RETURNING id, kind, namespace, name, uid, change`,
        [lease, LEASE_SECONDS, failed, limit],
      ),
    );
    return messages.sort((one, other) => Number(BigInt(one.id) - BigInt(other.id)));
  }

  private renew(lease: string): Promise<unknown> {
    return this.database.run((manager) =>
      manager.query('UPDATE outbox SET leased_until = now() + make_interval(secs => $2) WHERE leased_by = $1', [
        lease,
        LEASE_SECONDS,
      ]),
    );
  }

  /** What another dispatcher has taken since, because this one was silent for too long, is left to that one. */
  private async settle(lease: string, delivered: readonly string[], refused: readonly string[]): Promise<void> {
    await this.database.transaction(async (manager) => {
      await manager.query('DELETE FROM outbox WHERE leased_by = $1 AND id = ANY ($2)', [lease, delivered]);
      await manager.query(
        `UPDATE outbox SET attempts = attempts + 1, leased_by = NULL, leased_until = NULL
         WHERE leased_by = $1 AND id = ANY ($2)`,
        [lease, refused],
      );
    });
  }
}
