import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { DatabaseTarget } from '../config/database-target.js';
import type { StoreLogger } from './database.js';

const CHANNELS = ['mtc_changes', 'mtc_outbox'] as const;
export type Channel = (typeof CHANNELS)[number];

const RECONNECT_MS = 1_000;
// Notices a connection that died silently, as after a fail-over.
const PROBE_MS = 15_000;

/**
 * One connection that receives Postgres' NOTIFY and, when lost, is reopened however long that takes. What was missed until then is
 * made up for: listeners are called after each reconnect.
 */
export class NotificationListener {
  private readonly emitter = new EventEmitter().setMaxListeners(0);
  private readonly closing = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly target: DatabaseTarget,
    private readonly logger?: StoreLogger,
  ) {}

  start(): void {
    this.running = this.listenUntilClosed();
  }

  on(channel: Channel, listener: () => void): () => void {
    this.emitter.on(channel, listener);
    return () => this.emitter.off(channel, listener);
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.running;
  }

  private async listenUntilClosed(): Promise<void> {
    const { signal } = this.closing;
    while (!signal.aborted) {
      try {
        await this.listenOnce(signal);
      } catch (error) {
        this.logger?.warn({ err: error }, 'Lost the connection that receives change notifications; connecting again');
        await sleep(RECONNECT_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** Listens until the connection breaks (rejects) or the listener is closed (resolves). */
  private async listenOnce(signal: AbortSignal): Promise<void> {
    const client = new pg.Client({
      connectionString: this.target.url,
      ssl: this.target.tls,
      application_name: 'mtc-listener',
      connectionTimeoutMillis: 3_000,
      query_timeout: 5_000,
      keepAlive: true,
    });
    const broken = new Promise<never>((_, reject) => {
      client.on('error', reject);
      client.on('end', () => reject(new Error('The connection ended')));
    });
    broken.catch(() => undefined);
    try {
      await client.connect();
      client.on('notification', ({ channel }) => this.emitter.emit(channel));
      await client.query(CHANNELS.map((channel) => `LISTEN ${channel}`).join('; '));
      for (const channel of CHANNELS) {
        this.emitter.emit(channel);
      }
      while (!signal.aborted) {
        await Promise.race([broken, sleep(PROBE_MS, undefined, { signal }).catch(() => undefined)]);
        if (!signal.aborted) {
          await client.query('SELECT 1');
        }
      }
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
