import { afterAll, beforeAll, describe, it } from 'vitest';
import { CASES } from '../../support/matrix/cases.js';
import { play } from '../../support/matrix/play.js';
import { limitBandwidth } from '../../support/mid-run.js';
import { System } from '../../support/system.js';

let system: System;

beforeAll(async () => {
  system = await System.start();
  // Long enough a copy to be stopped in.
  await limitBandwidth(system, 1_536);
});

afterAll(() => system?.stop());

describe.concurrent('every itinerary and every way to end', () => {
  it.for(CASES)('$way: $outcome', async ({ way, outcome }, { onTestFinished }) => {
    await play(system, way, outcome, onTestFinished);
  });
});
