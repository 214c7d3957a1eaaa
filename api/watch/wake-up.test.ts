import { expect, it } from 'vitest';
import { WakeUp } from './wake-up.js';

const LONG = 60_000;

it('does not sleep over a signal that came before the wait', async () => {
  const wakeUp = new WakeUp(new AbortController().signal);
  wakeUp.signal();
  await wakeUp.wait(LONG);
});

it('wakes at a signal, at the end of the time and on abort', async () => {
  const abort = new AbortController();
  const wakeUp = new WakeUp(abort.signal);
  const woken = wakeUp.wait(LONG);
  wakeUp.signal();
  await woken;
  await wakeUp.wait(1);
  const aborted = wakeUp.wait(LONG);
  abort.abort();
  await aborted;
  expect(abort.signal.aborted).toBe(true);
});
