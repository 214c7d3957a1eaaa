const FIRST_SIZE = 4_096;
/** Room a collector keeps for what comes next. */
const KEPT_SIZE = 65_536;

/**
 * Bytes of a stream up to a limit, in one piece of memory however small the chunks are in which they come: a server that sends single
 * bytes would else cost a hundred times what it sends.
 */
export class ByteCollector {
  private bytes = new Uint8Array(FIRST_SIZE);
  private size = 0;

  constructor(private readonly limit: number) {}

  /** False when not all of it fitted: the rest is dropped. */
  add(chunk: Uint8Array): boolean {
    const room = this.limit - this.size;
    const taken = chunk.length <= room ? chunk : chunk.subarray(0, room);
    this.grow(this.size + taken.length);
    this.bytes.set(taken, this.size);
    this.size += taken.length;
    return taken.length === chunk.length;
  }

  get length(): number {
    return this.size;
  }

  /** What was collected; the collector is empty afterwards. Valid until the next `add`. */
  take(): Uint8Array {
    const taken = this.bytes.subarray(0, this.size);
    this.size = 0;
    if (this.bytes.length > KEPT_SIZE) this.bytes = new Uint8Array(FIRST_SIZE);
    return taken;
  }

  private grow(needed: number): void {
    if (needed <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, Math.min(this.limit, this.bytes.length * 2)));
    larger.set(this.bytes.subarray(0, this.size));
    this.bytes = larger;
  }
}

/** Reads a stream up to a limit. When there is more, the stream is left, which ends it, and `complete` is false. */
export async function readAtMost(
  stream: AsyncIterable<Uint8Array>,
  limit: number,
): Promise<{ bytes: Uint8Array; complete: boolean }> {
  const collector = new ByteCollector(limit);
  for await (const chunk of stream) {
    if (!collector.add(chunk)) return { bytes: collector.take(), complete: false };
  }
  return { bytes: collector.take(), complete: true };
}
