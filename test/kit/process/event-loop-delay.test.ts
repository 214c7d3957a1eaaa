import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { expectLoopFree, loopDelayOf, processorTime } from './event-loop-delay.js';

const block = (milliseconds: number): void => {
  const end = processorTime() + milliseconds;
  while (processorTime() < end);
};

it('measures how long the loop was kept', async () => {
  const { max } = await loopDelayOf(async () => {
    await delay(50);
    block(300);
    await delay(50);
  });
  expect(max).toBeGreaterThan(250);
});

it('fails when work keeps the loop again and again, and when it keeps it once for long', async () => {
  const often = async () => {
    for (let times = 0; times < 5; times += 1) {
      block(150);
      await delay(10);
    }
  };
  await expect(expectLoopFree(often)).rejects.toThrow('p99');
  const once = async () => {
    await delay(20);
    block(700);
    await delay(20);
  };
  await expect(expectLoopFree(once)).rejects.toThrow('delay');
});
