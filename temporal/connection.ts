import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';

export interface TemporalTarget extends Pick<ConnectionOptions, 'tls' | 'metadata'> {
  /** host:port of the frontend. */
  address: string;
  namespace: string;
  apiKey?: string;
}

/** Where Temporal is, by its own environment variables and profile (TEMPORAL_ADDRESS, TEMPORAL_TLS …); undefined when nothing names it. */
export function temporalFromEnvironment(): TemporalTarget | undefined {
  if (process.env.TEMPORAL_ADDRESS === undefined && process.env.TEMPORAL_PROFILE === undefined) return undefined;
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const { address = 'localhost:7233', tls, apiKey, metadata } = connectionOptions;
  return { address, namespace, tls, apiKey, metadata };
}

/** A connection made at the first call, so that a process starts while Temporal is away, and the client on it. */
export function connectTemporal({ namespace, ...options }: TemporalTarget): { client: Client; connection: Connection } {
  const connection = Connection.lazy(options);
  return { client: new Client({ connection, namespace }), connection };
}
