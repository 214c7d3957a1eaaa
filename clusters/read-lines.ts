import type { Readable } from 'node:stream';

/** Lines of a byte stream as they complete, without their line breaks. A character cut by a chunk's border stays whole. */
export async function* readLines(stream: Readable): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream) {
    const lines = decoder.decode(chunk as Uint8Array, { stream: true }).split('\n');
    lines[0] = rest + lines[0];
    rest = lines.pop() ?? '';
    yield* lines;
  }
  rest += decoder.decode();
  if (rest) {
    yield rest;
  }
}
