import { Readable } from 'node:stream';
import { ByteCollector } from '../resources/meta/byte-collector.js';

/** Bytes of an answer that holds no object: S3's own have a few hundred. */
const LARGEST_TEXT = 16 * 1024;

interface Answer {
  statusCode: number;
  headers: Record<string, string>;
  body?: unknown;
}

/** What sends the requests of an S3 client. */
interface RequestHandler {
  // biome-ignore lint/suspicious/noExplicitAny: the SDK's request and options, passed on as they are.
  handle(request: any, options?: any): Promise<{ response: Answer }>;
}

/**
 * Bounds what a store answers before the SDK reads it, which takes everything that comes: all but objects is cut. A pause that the
 * store asks for is not heeded: how often and when to try again is decided here.
 */
export function boundAnswers(handler: RequestHandler): void {
  const send = handler.handle.bind(handler);
  handler.handle = async (request, options) => {
    const result = await send(request, options);
    const { response } = result;
    for (const name of Object.keys(response.headers)) {
      if (name.toLowerCase().endsWith('retry-after')) delete response.headers[name];
    }
    const isObject = request.method === 'GET' && response.statusCode < 300;
    if (!isObject && response.body instanceof Readable) response.body = await start(response.body);
    return result;
  };
}

/** The beginning of a body, as a body of its own. */
async function start(body: Readable): Promise<Readable> {
  const text = new ByteCollector(LARGEST_TEXT);
  for await (const chunk of body) {
    if (!text.add(chunk as Uint8Array)) break;
  }
  return Readable.from([Buffer.from(text.take())], { objectMode: false });
}
