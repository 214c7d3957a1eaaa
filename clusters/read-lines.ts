import { setImmediate as breathe } from 'node:timers/promises';
import { AnswerBeyondBounds } from '../resources/meta/answer-beyond-bounds.js';
import { ByteCollector } from '../resources/meta/byte-collector.js';
import { BOUNDS } from './bounds.js';

export interface LineBound {
  /** Bytes. */
  longest: number;
  /** What becomes of a longer line: its rest is dropped, or the stream is given up. */
  beyond: 'drop' | 'fail';
}

const LOG_LINES: LineBound = { longest: BOUNDS.logLine, beyond: 'drop' };
const NEWLINE = 0x0a;
/** Lines that are there already keep the event loop for this long at most. */
const LONGEST_BURST_MS = 10;

/**
 * Lines of a byte stream as they complete, without their line breaks. A character cut by a chunk's border stays whole.
 *
 * @throws AnswerBeyondBounds
 */
export async function* readLines(
  stream: AsyncIterable<Uint8Array>,
  { longest, beyond }: LineBound = LOG_LINES,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const line = new ByteCollector(longest);
  const add = (bytes: Uint8Array): void => {
    if (line.add(bytes) || beyond === 'drop') return;
    throw new AnswerBeyondBounds('ANSWER_TOO_LARGE', `a line has more than ${longest} bytes`);
  };
  let burst = performance.now();
  for await (const chunk of stream) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      add(chunk.subarray(from, end));
      yield decoder.decode(line.take());
      from = end + 1;
      if (performance.now() - burst > LONGEST_BURST_MS) {
        await breathe();
        burst = performance.now();
      }
    }
    add(chunk.subarray(from));
  }
  if (line.length > 0) yield decoder.decode(line.take());
}
