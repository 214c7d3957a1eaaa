import pLimit from 'p-limit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ActivityLab } from '../../support/activity-faults/activity-lab.js';
import { killedAt, titleOf, undisturbed } from '../../support/activity-faults/play.js';
import { PLAYS, WITHOUT_WRITES } from '../../support/activity-faults/plays/index.js';
import type { Moment } from '../../support/api-proxy/kill-point.js';
import { faultSeed, seeded } from '../../support/api-proxy/seeded.js';

/** Scenes at a time. */
const CONCURRENCY = 3;

/** Points of an activity that are tried when not all are. */
const SOME = 2;

let lab: ActivityLab;
const random = seeded(faultSeed(process.env.FAULT_POINTS === 'all' ? undefined : 951_778));

beforeAll(async () => {
  lab = await ActivityLab.start(CONCURRENCY + 1);
});

afterAll(() => lab?.stop());

describe('killed after each request by which it changed something, and repeated,', () => {
  it.each(PLAYS.map((play) => [titleOf(play), play] as const))('%s', async (_, play) => {
    const { mutations, ...expected } = await undisturbed(lab, play);
    expect(mutations).toBeGreaterThan(0);
    const fewAtATime = pLimit(CONCURRENCY);
    await Promise.all(
      points(mutations).map(([k, moment]) =>
        fewAtATime(async () => {
          const { struckAt, ...ending } = await killedAt(lab, play, k, moment);
          expect(ending, `killed at mutation ${k} (${struckAt}), ${moment}`).toEqual(expected);
        }),
      ),
    );
  });
});

it('leaves out no activity', () => {
  const known = [...new Set([...PLAYS.map(({ activity }) => activity), ...WITHOUT_WRITES])];
  const advice = 'one that writes to clusters needs a play, see test/support/activity-faults/plays';
  expect(known.sort(), advice).toEqual(Object.keys(lab.activities).sort());
});

/** Some mutations chosen by chance, at one of both moments; all of them at both with FAULT_POINTS=all. */
function points(mutations: number): [k: number, moment: Moment][] {
  const all = Array.from({ length: mutations }, (_, index) => index + 1).flatMap((k): [number, Moment][] => [
    [k, 'unheard'],
    [k, 'heard'],
  ]);
  if (process.env.FAULT_POINTS === 'all') return all;
  return Array.from({ length: Math.min(SOME, mutations) }, () =>
    all.splice(Math.floor(random() * all.length), 1),
  ).flat();
}
