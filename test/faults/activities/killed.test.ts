import pLimit from 'p-limit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shortHash } from '../../../resources/run/names.js';
import { ActivityLab } from '../../kit/faults/activity-faults/activity-lab.js';
import { killedAt, type Play, titleOf, undisturbed } from '../../kit/faults/activity-faults/play.js';
import { PLAYS, WITHOUT_WRITES } from '../../kit/faults/activity-faults/plays/index.js';
import type { Moment } from '../../kit/faults/api-proxy/kill-point.js';
import { faultSeed, seeded } from '../../kit/faults/api-proxy/seeded.js';
import { isShortForm } from '../../kit/faults/faults-form.js';

/** Scenes at a time: most of the time they wait. */
const CONCURRENCY = 8;
const limited = pLimit(CONCURRENCY);

/** Points of an activity that the short form tries. */
const SOME = 1;

/** The short form tries each activity once. */
const plays = isShortForm ? [...new Map(PLAYS.map((play) => [play.activity, play])).values()] : PLAYS;

let lab: ActivityLab;
const seed = faultSeed(isShortForm ? 951_778 : undefined);

beforeAll(async () => {
  lab = await ActivityLab.start(CONCURRENCY + 1);
});

afterAll(() => lab?.stop());

describe.concurrent('killed after each request by which it changed something, and repeated,', () => {
  it.each(plays.map((play) => [titleOf(play), play] as const))('%s', async (_, play) => {
    const { mutations, ...expected } = await limited(() => undisturbed(lab, play));
    expect(mutations).toBeGreaterThan(0);
    await Promise.all(
      points(play, mutations).map(([k, moment]) =>
        limited(async () => {
          const { struckAt, ...ending } = await killedAt(lab, play, k, moment);
          expect(ending, `killed at mutation ${k} (${struckAt}), ${moment}`).toEqual(expected);
        }),
      ),
    );
  });
});

it('leaves out no activity', () => {
  const known = [...new Set([...PLAYS.map(({ activity }) => activity), ...WITHOUT_WRITES])];
  const advice = 'one that writes to clusters needs a play, see test/kit/faults/activity-faults/plays';
  expect(known.sort(), advice).toEqual(Object.keys(lab.activities).sort());
});

/** All mutations at both moments; in the short form some of them, chosen by chance. */
function points(play: Play, mutations: number): [k: number, moment: Moment][] {
  const all = Array.from({ length: mutations }, (_, index) => index + 1).flatMap((k): [number, Moment][] => [
    [k, 'unheard'],
    [k, 'heard'],
  ]);
  if (!isShortForm) return all;
  // Of its own: plays end in no certain order.
  const random = seeded(seed + Number.parseInt(shortHash(titleOf(play)), 16));
  return Array.from({ length: Math.min(SOME, mutations) }, () =>
    all.splice(Math.floor(random() * all.length), 1),
  ).flat();
}
