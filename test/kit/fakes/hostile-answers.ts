import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

const MiB = 1024 * 1024;

/** What a hostile or broken server makes of a response. */
export type HostileAnswer = (response: ServerResponse) => void;

/** One piece again and again, as fast as it is taken; `bytes` of it, or until the client goes. */
function pour(response: ServerResponse, piece: Buffer, bytes = Number.POSITIVE_INFINITY): void {
  let sent = 0;
  const more = (): void => {
    while (sent < bytes && !response.destroyed) {
      sent += piece.length;
      if (!response.write(piece)) {
        response.once('drain', more);
        return;
      }
    }
    if (!response.destroyed) response.end();
  };
  more();
}

const piece = (text: string): Buffer => Buffer.from(text.repeat(Math.ceil((64 * 1024) / text.length)));

const poured =
  (code: number, text: string, bytes?: number): HostileAnswer =>
  (response) => {
    response.writeHead(code, { 'content-type': 'application/json' });
    pour(response, piece(text), bytes);
  };

/** Begins an answer and then sends a byte now and then. */
const dripping =
  (code: number): HostileAnswer =>
  (response) => {
    response.writeHead(code, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write('x'), 20);
    response.on('close', () => clearInterval(timer));
  };

const whole =
  (code: number, body: string | Buffer, headers: Record<string, string> = {}): HostileAnswer =>
  (response) =>
    void response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(body);

/** Refusals that are more than they seem: each is to fail as the refusal it is. */
export const HOSTILE_REFUSALS: readonly [string, HostileAnswer][] = [
  ['10 MB of text', poured(500, 'nothing here. ', 10 * MiB)],
  ['1 MB of <', poured(500, '<', MiB)],
  ['1 MB of <a', poured(502, '<a', MiB)],
  ['1 MB of blanks', poured(500, ' ', MiB)],
  ['1 MB of line breaks', poured(500, '\n', MiB)],
  ['1 MB of tags', poured(500, '<b>', MiB)],
  ['1 MB of brackets', poured(500, '[', MiB)],
  ['text without an end', poured(500, 'and so on ')],
  ['a byte now and then', dripping(500)],
  ['a message of 1 MB', whole(500, JSON.stringify({ kind: 'Status', code: 500, message: 'm'.repeat(MiB) }))],
  [
    'a message of 14 KB',
    whole(500, JSON.stringify({ kind: 'Status', code: 500, reason: 'R'.repeat(500), message: 'm'.repeat(14_000) })),
  ],
];

/** Answers that claim to be what was asked for. */
export const HOSTILE_ANSWERS: readonly [string, HostileAnswer][] = [
  ['10 MB that are not JSON', poured(200, 'nothing here. ', 10 * MiB)],
  ['10 MB of one line of <', poured(200, '<', 10 * MiB)],
  ['10 MB of brackets', poured(200, '[', 10 * MiB)],
  ['10 MB of small objects', poured(200, '{},', 10 * MiB)],
  ['10 MB of quotes', poured(200, '"\\"', 10 * MiB)],
  ['20 MB', poured(200, ' ', 20 * MiB)],
  ['text without an end', poured(200, 'and so on ')],
  ['a byte now and then', dripping(200)],
  ['50 MB, packed', whole(200, gzipSync(Buffer.alloc(50 * MiB)), { 'content-encoding': 'gzip' })],
  ['null', whole(200, 'null')],
];

/** A file that unpacks to a hundred times what a reader takes. */
export const gzipBomb = (): Buffer => gzipSync(Buffer.alloc(200 * MiB, ' '));

export { dripping, poured };
