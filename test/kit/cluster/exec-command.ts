import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { type ApiCall, ApiConnection, type ConnectionTimes } from '../../../clusters/api-connection.js';
import type { ClusterAccess } from '../../../clusters/cluster-access.js';

interface CommandResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** First byte of each message says what the rest is. */
const CHANNEL = { stdout: 1, stderr: 2, result: 3 } as const;
const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

/**
 * Runs a command in a container over the API server's WebSocket, as the product never does. All output is kept in memory: meant for
 * commands that say little. Throws when the container cannot be reached.
 */
export async function execCommand(
  access: ClusterAccess,
  pod: { namespace: string; name: string; container?: string },
  command: string[],
  { signal, times }: { signal?: AbortSignal; times?: Partial<ConnectionTimes> } = {},
): Promise<CommandResult> {
  const connection = new ApiConnection(access, times);
  const query = new URLSearchParams({ stdout: 'true', stderr: 'true' });
  for (const part of command) {
    query.append('command', part);
  }
  if (pod.container) {
    query.set('container', pod.container);
  }
  const call: ApiCall = {
    method: 'GET',
    path: `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/exec?${query}`,
    verb: 'exec',
    object: `${command[0]} in Pod ${pod.namespace}/${pod.name}`,
    signal,
  };
  // A command is repeated only when it cannot have begun, unlike other calls of method GET.
  try {
    return await connection.retrying({ ...call, method: 'POST' }, () => runOnce(connection, call));
  } finally {
    await connection.close();
  }
}

function runOnce(connection: ApiConnection, call: ApiCall): Promise<CommandResult> {
  const { origin, basePath, headers, tls } = connection.settings;
  const output: Record<number, Buffer[]> = { [CHANNEL.stdout]: [], [CHANNEL.stderr]: [], [CHANNEL.result]: [] };
  const { signal } = call;
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(origin.replace(/^http/, 'ws') + basePath + call.path, PROTOCOLS, {
      headers,
      ...tls,
      handshakeTimeout: connection.times.answer,
      perMessageDeflate: false,
    });
    const abort = () => socket.terminate();
    signal?.addEventListener('abort', abort, { once: true });
    const settle = (finish: () => void) => {
      signal?.removeEventListener('abort', abort);
      socket.terminate();
      finish();
    };
    const fail = (error: unknown) => settle(() => reject(error));

    socket.on('upgrade', ({ socket: tcp }) => tcp.setKeepAlive(true, 10_000));
    socket.on('message', (message: Buffer) => output[message[0] ?? -1]?.push(message.subarray(1)));
    socket.on('unexpected-response', (_request, response) => {
      text(response).then(
        (body) => fail(connection.refusal(call, { code: response.statusCode ?? 0, body })),
        (cause) => fail(connection.failure(call, cause)),
      );
    });
    socket.on('error', (cause) => fail(connection.failure(call, cause)));
    socket.on('close', () => {
      const said = (channel: number) => Buffer.concat(output[channel] ?? []).toString('utf8');
      const result = said(CHANNEL.result);
      const exitCode = exitCodeOf(result);
      if (exitCode !== undefined) {
        settle(() => resolve({ exitCode, stdout: said(CHANNEL.stdout), stderr: said(CHANNEL.stderr) }));
      } else if (result) {
        fail(connection.refusal(call, { code: 500, body: result }));
      } else {
        fail(connection.failure(call, new Error('the connection closed before the command had ended')));
      }
    });
  });
}

const execResult = z.object({
  status: z.string(),
  details: z.object({ causes: z.array(z.object({ reason: z.string(), message: z.string() })).optional() }).optional(),
});

/** Undefined when the command did not run to its end; then the result says why. */
function exitCodeOf(result: string): number | undefined {
  try {
    const { status, details } = execResult.parse(JSON.parse(result));
    const exitCode = details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
    return status === 'Success' ? 0 : exitCode === undefined ? undefined : Number(exitCode);
  } catch {
    return undefined;
  }
}
