import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';

export interface TemporalTarget {
  address: string;
  namespace: string;
}

/** Where Temporal is, by its own environment variables and profile (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE …); undefined when nothing names it. */
export function temporalFromEnvironment(): TemporalTarget | undefined {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  if (process.env.TEMPORAL_ADDRESS === undefined && process.env.TEMPORAL_PROFILE === undefined) return undefined;
  return { address: connectionOptions.address ?? 'localhost:7233', namespace: namespace ?? 'default' };
}

/** A connection made at the first call, so that a process starts while Temporal is away, and the client on it. */
export function connectTemporal(target: TemporalTarget): { client: Client; connection: Connection } {
  const connection = Connection.lazy({ address: target.address });
  return { client: new Client({ connection, namespace: target.namespace }), connection };
}
