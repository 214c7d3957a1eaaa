import type { Server, ServerOptions } from 'node:https';
import type { Socket } from 'node:net';
import { ApiError } from './api-error.js';
import { statusOf } from './status.js';

/** The API server's own: selectors and tokens make long addresses and headers. */
const MOST_HEADER_BYTES = 1024 * 1024;

/**
 * Longer than proxies in front keep idle connections (up to ten minutes). A server that is the first to close one meets the next request on it
 * half-way.
 */
const IDLE_MS = 620_000;

export const SERVER_OPTIONS = { maxHeaderSize: MOST_HEADER_BYTES, keepAliveTimeout: IDLE_MS } satisfies ServerOptions;

/** For a client that continues to send to read the answer. */
const READ_MS = 1_000;

const FAILURES: Record<string, [code: number, reason: string, message: string, text: string]> = {
  HPE_HEADER_OVERFLOW: [
    431,
    'RequestHeaderFieldsTooLarge',
    `address and headers are together at most ${MOST_HEADER_BYTES} bytes`,
    'Request Header Fields Too Large',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Timeout', 'the request did not arrive in time', 'Request Timeout'],
};

const MALFORMED: (typeof FAILURES)[string] = [400, 'BadRequest', 'the request is not valid HTTP', 'Bad Request'];

/** Answers what Node's parser refuses, before any handler sees it, with a `Status` too. */
export function answerParserFailures(server: Server): void {
  const answered = new WeakSet<Socket>();
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    // What comes behind it fails, too, and is dropped: a connection closed on unread bytes takes the answer along.
    if (answered.has(socket)) return;
    if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy(error);
    answered.add(socket);
    const [code, reason, message, text] = FAILURES[error.code ?? ''] ?? MALFORMED;
    const body = JSON.stringify(statusOf(new ApiError(code, reason, message)));
    const head = [
      `HTTP/1.1 ${code} ${text}`,
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
    ];
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
    setTimeout(() => socket.destroy(), READ_MS).unref();
  });
}
