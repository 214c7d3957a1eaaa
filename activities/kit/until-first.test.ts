import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { aborted, untilFirst } from './until-first.js';

const { signal: quiet } = new AbortController();

it('ends the others and waits for them when the first has settled', async () => {
  let ended = false;
  const slow = async (signal: AbortSignal) => {
    await aborted(signal).catch(() => delay(20));
    ended = true;
    return 'slow';
  };
  expect(await untilFirst(quiet, [slow, async () => 'fast'])).toBe('fast');
  expect(ended).toBe(true);
});

it('fails as the first that fails, or with the reason it was ended for', async () => {
  const failing = async () => {
    throw new Error('broken');
  };
  await expect(untilFirst<never>(quiet, [aborted, failing])).rejects.toThrow('broken');
  await expect(untilFirst(AbortSignal.abort(new Error('enough')), [aborted])).rejects.toThrow('enough');
});
