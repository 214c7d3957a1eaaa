import { randomBytes } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { registerSearchAttributes } from '../../../temporal/search-attributes.js';
import { sharedTemporal } from './shared-temporal.js';

const DAY_SECONDS = 86_400;

export interface TestTemporal {
  server: { address: string; namespace: string };
  client: Client;
  stop(): Promise<void>;
}

let installed = false;

/** A namespace of one test file's own, on the real Temporal server that all of them share: queues and workflows of files never meet. */
export async function temporalForTests(): Promise<TestTemporal> {
  // Once per process, which several test files may have one after the other.
  if (!installed) Runtime.install({ logger: new DefaultLogger('ERROR') });
  installed = true;
  const { address } = await sharedTemporal();
  const connection = await Connection.connect({ address });
  const namespace = `test-${randomBytes(6).toString('hex')}`;
  await connection.workflowService.registerNamespace({
    namespace,
    // Encoded as it is, whatever the type wants.
    workflowExecutionRetentionPeriod: { seconds: DAY_SECONDS as never },
  });
  await registerSearchAttributes(connection, namespace);
  return {
    server: { address, namespace },
    client: new Client({ connection, namespace }),
    stop: () => connection.close(),
  };
}
