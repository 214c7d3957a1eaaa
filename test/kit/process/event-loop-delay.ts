import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, expect } from 'vitest';

/** Milliseconds between two looks; each value the histogram holds contains them. */
const RESOLUTION = 5;
/** What is asserted: milliseconds. A heartbeat is due every second, and Temporal gives an activity away after five. */
const P99 = 100;
const MAX = 500;

export interface LoopDelay {
  p99: number;
  max: number;
}

/** How long others had to wait for the event loop while `work` went on, in milliseconds. */
export async function loopDelayOf(work: () => Promise<unknown>): Promise<LoopDelay> {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION });
  histogram.enable();
  try {
    await work();
  } finally {
    histogram.disable();
  }
  return readDelay(histogram);
}

/** Asserts that nothing `work` did kept the event loop: heartbeats and other requests go on meanwhile. */
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
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION });
  beforeAll(() => {
    histogram.reset();
    histogram.enable();
  });
  afterAll(() => {
    histogram.disable();
    expect(readDelay(histogram).p99, 'event-loop delay p99 in ms over the tests').toBeLessThan(P99);
  });
}

const readDelay = (histogram: { percentile(percentage: number): number; max: number }): LoopDelay => ({
  p99: histogram.percentile(99) / 1e6 - RESOLUTION,
  max: histogram.max / 1e6 - RESOLUTION,
});
