import type { Client, Connection } from '@temporalio/client';
import { type Problem, StartError } from '../config/problems.js';
import type { TemporalTarget } from '../config/temporal-target.js';
import { connectTemporal } from './connection.js';
import { type Handshake, probeHandshake } from './probe-handshake.js';
import { registerSearchAttributes } from './search-attributes.js';

/** The gRPC status codes that show what to correct. */
const STATUS = { NOT_FOUND: 5, PERMISSION_DENIED: 7, UNAUTHENTICATED: 16 } as const;

/** For all calls at the start together; while a server does not answer, the client tries again until then. */
const ANSWER_MS = 10_000;

/**
 * Connects a process that cannot work without Temporal: the server accepts the connection, the namespace exists and has our search attributes,
 * unless `warning` says otherwise.
 *
 * @throws StartError naming the variable and what to do
 */
export async function openTemporal(
  target: TemporalTarget,
): Promise<{ client: Client; connection: Connection; warning?: string }> {
  const handshake = await probeHandshake(target);
  const refusal = refusalOf(handshake, target);
  if (refusal !== undefined) throw new StartError([refusal]);
  const { client, connection } = connectTemporal(target);
  const { namespace } = target;
  try {
    const warning = await connection.withDeadline(Date.now() + ANSWER_MS, async () => {
      await connection.workflowService.describeNamespace({ namespace });
      return registerSearchAttributes(connection, namespace);
    });
    return { client, connection, warning };
  } catch (cause) {
    await connection.close();
    throw cause instanceof StartError ? cause : new StartError([problemOf(cause, target, handshake)], { cause });
  }
}

/** Failures that a second try would not change. */
function refusalOf(handshake: Handshake, { address, tls }: TemporalTarget): Problem | undefined {
  switch (handshake.outcome) {
    case 'server-not-trusted':
      return {
        variable: 'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
        what: `the certificate of ${address} is not accepted (${handshake.why}).`,
        remedy: 'Name the authority that signed it here, and the name it carries in TEMPORAL_TLS_SERVER_NAME.',
      };
    case 'client-refused': {
      const given = typeof tls === 'object' && tls?.clientCertPair !== undefined;
      return {
        variable: 'TEMPORAL_TLS_CLIENT_CERT_PATH',
        what: `${address} refuses ${given ? 'the client certificate' : 'a client without certificate'} (${handshake.why}).`,
        remedy: 'Name a certificate that it accepts here, and its key in TEMPORAL_TLS_CLIENT_KEY_PATH.',
      };
    }
    case 'wants-tls':
      return {
        variable: 'TEMPORAL_TLS',
        what: `${address} does not answer without TLS.`,
        remedy: 'Set TEMPORAL_TLS=true, or correct TEMPORAL_ADDRESS.',
      };
    case 'wants-no-tls':
      return {
        variable: 'TEMPORAL_TLS',
        what: `${address} does not speak TLS.`,
        remedy: 'Unset the variables about TLS and the API key, or correct TEMPORAL_ADDRESS.',
      };
    default:
      return undefined;
  }
}

function problemOf(error: unknown, { address, namespace, apiKey }: TemporalTarget, handshake: Handshake): Problem {
  const { code, details, message } = error as { code?: number; details?: string; message?: string };
  const words = (details || message || String(error)).trim().replace(/\.$/, '');
  switch (code) {
    case STATUS.NOT_FOUND:
      return {
        variable: 'TEMPORAL_NAMESPACE',
        what: `${address} has no namespace "${namespace}" (${words}).`,
        remedy: `Create it (temporal operator namespace create --namespace ${namespace}), or name another one.`,
      };
    case STATUS.UNAUTHENTICATED:
    case STATUS.PERMISSION_DENIED:
      return {
        variable: apiKey === undefined ? 'TEMPORAL_TLS_CLIENT_CERT_PATH or TEMPORAL_API_KEY' : 'TEMPORAL_API_KEY',
        what: `${address} does not let us use namespace "${namespace}" (${words}).`,
        remedy: 'Give a certificate or key that may use the namespace, or name another one in TEMPORAL_NAMESPACE.',
      };
    default:
      if (handshake.outcome === 'closed') return closedProblem(address);
      return {
        variable: 'TEMPORAL_ADDRESS',
        what: `no Temporal server answers at ${address} (${words}).`,
        remedy: 'Start it, or correct the address.',
      };
  }
}

const closedProblem = (address: string): Problem => ({
  variable: 'TEMPORAL_TLS_CLIENT_CERT_PATH or TEMPORAL_ADDRESS',
  what: `${address} closes each connection: it refuses our client certificate, or no Temporal server is behind it.`,
  remedy: 'Name a certificate that it accepts, and its key in TEMPORAL_TLS_CLIENT_KEY_PATH; or start the server.',
});
