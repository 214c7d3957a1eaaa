import { afterEach, beforeEach } from 'vitest';
import { System } from '../system/system.js';

/** Tests that have begun and are not over: those that run side by side share a system. */
let going = 0;

beforeEach(() => {
  going += 1;
});

/**
 * Each test of the tiers with clusters ends with this check. What takes its scene away must come later (`onTestFinished`, `afterAll`): a
 * namespace that goes takes the leftovers in it along.
 */
afterEach(async () => {
  going -= 1;
  for (const system of System.running) await system.expectNothingLeft({ besideOthers: going > 0 });
});
