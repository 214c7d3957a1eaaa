import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { type LocalTemporal, startTemporal } from '../../../local/temporal.js';

/** A real Temporal dev server of its own, gone with its data at the end. */
export async function temporalForTests(): Promise<{ server: LocalTemporal; client: Client; stop(): Promise<void> }> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const folder = await mkdtemp(path.join(tmpdir(), 'mtc-temporal-'));
  const server = await startTemporal({ folder, program: process.env.TEMPORAL_CLI });
  const connection = await Connection.connect({ address: server.address });
  return {
    server,
    client: new Client({ connection, namespace: server.namespace }),
    async stop() {
      await connection.close();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
