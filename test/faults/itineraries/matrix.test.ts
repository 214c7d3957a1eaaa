import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Outcome, Way } from '../../support/matrix/cases.js';
import { play } from '../../support/matrix/play.js';
import { limitBandwidth } from '../../support/mid-run.js';
import { System } from '../../support/system.js';

/** What no other test plays; all of the matrix is in the long suite. */
const CASES: { way: Way; outcome: Outcome }[] = [
  { way: 'Final', outcome: 'rollback' },
  { way: 'State cutover', outcome: 'cancel' },
  { way: 'State cutover', outcome: 'rollback' },
  { way: 'Conversion', outcome: 'success' },
  { way: 'Conversion', outcome: 'failure before the commit point' },
  { way: 'Conversion', outcome: 'rollback' },
];

let system: System;

beforeAll(async () => {
  system = await System.start();
  await limitBandwidth(system, 1_536);
});

afterAll(() => system?.stop());

describe.concurrent('an itinerary and how it ends', () => {
  it.for(CASES)('$way: $outcome', async ({ way, outcome }, { onTestFinished }) => {
    await play(system, way, outcome, onTestFinished);
  });
});
