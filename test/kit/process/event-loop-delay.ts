import { afterAll, beforeAll, expect } from 'vitest';

/** Milliseconds between two looks. */
const RESOLUTION = 5;
/** Looks that make a percentile: at least half a second. */
const FEWEST = 101;
/** What is asserted: milliseconds. A heartbeat is due every second, and Temporal gives an activity away after five. */
const P99 = 100;
const MAX = 500;

export interface LoopDelay {
  p99: number;
  max: number;
}

/**
 * How long the event loop was kept from turn to turn, in milliseconds of processor time of this thread. Not by the clock, as
 * `monitorEventLoopDelay` measures it: on a machine with more to do than it can, that counts the time given to other processes too.
 */
class LoopSampler {
  private readonly delays: number[] = [];
  private timer: NodeJS.Timeout | undefined;

  start(): void {
    let before = processorTime();
    const look = (): void => {
      const now = processorTime();
      this.delays.push(now - before);
      before = now;
      this.timer = setTimeout(look, RESOLUTION);
    };
    this.timer = setTimeout(look, RESOLUTION);
  }

  /** Of short work a hundredth is less than one turn: it is looked at together with the time after it. */
  async stop(): Promise<LoopDelay> {
    do await new Promise((resolve) => setTimeout(resolve, 2 * RESOLUTION));
    while (this.delays.length < FEWEST);
    clearTimeout(this.timer);
    const sorted = this.delays.toSorted((one, other) => one - other);
    return { p99: sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0, max: sorted.at(-1) ?? 0 };
  }
}

/** Milliseconds of processor time that this thread has used. */
export function processorTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/** How long others had to wait for the event loop while `work` ran. */
export async function loopDelayOf(work: () => Promise<unknown>): Promise<LoopDelay> {
  const sampler = new LoopSampler();
  sampler.start();
  await work().catch(async (error: unknown) => {
    await sampler.stop();
    throw error;
  });
  return sampler.stop();
}

/** Asserts that nothing `work` did kept the event loop: heartbeats and other requests continue beside it. */
export async function expectLoopFree(work: () => Promise<unknown>): Promise<void> {
  const { p99, max } = await loopDelayOf(work);
  expect(p99, 'event-loop delay p99 in ms').toBeLessThan(P99);
  expect(max, 'longest event-loop delay in ms').toBeLessThan(MAX);
}

/**
 * Asserts the same over all tests of a file or a `describe`, whose service runs in the test's own process. Of the longest delay nothing is
 * said: loading libraries keeps the loop too.
 */
export function watchLoopDelay(): void {
  const sampler = new LoopSampler();
  beforeAll(() => sampler.start());
  afterAll(async () => {
    const { p99 } = await sampler.stop();
    expect(p99, 'event-loop delay p99 in ms over the tests').toBeLessThan(P99);
  });
}
