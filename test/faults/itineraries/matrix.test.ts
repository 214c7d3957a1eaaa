import { afterAll, beforeAll, describe, it } from 'vitest';
import { isShortForm } from '../../kit/faults/faults-form.js';
import { CASES } from '../../kit/faults/matrix/cases.js';
import { play } from '../../kit/faults/matrix/play.js';
import { limitBandwidth } from '../../kit/system/mid-run.js';
import { SharedSystem } from '../../kit/system/shared-system.js';

/** In the short form what no other test of `npm test` plays. */
const SHORT: typeof CASES = [
  { way: 'Final', outcome: 'failure after the commit point' },
  { way: 'State cutover', outcome: 'cancel' },
  { way: 'Conversion', outcome: 'failure before the commit point' },
  { way: 'Conversion', outcome: 'rollback' },
];

let system: SharedSystem;

beforeAll(async () => {
  system = await SharedSystem.attach();
  // Long enough a copy to be stopped in.
  await limitBandwidth(system, 1_536);
});

afterAll(() => system?.stop());

describe.concurrent('an itinerary and how it ends', () => {
  it.for(isShortForm ? SHORT : CASES)('$way: $outcome', async ({ way, outcome }, { onTestFinished }) => {
    await play(system, way, outcome, onTestFinished);
  });
});
