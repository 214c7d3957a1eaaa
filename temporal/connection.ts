import { Client, Connection } from '@temporalio/client';
import type { TemporalTarget } from '../config/temporal-target.js';

/** A connection made at the first call, and the client on it. */
export function connectTemporal({ namespace, ...options }: TemporalTarget): { client: Client; connection: Connection } {
  const connection = Connection.lazy(options);
  return { client: new Client({ connection, namespace }), connection };
}
