import pLimit from 'p-limit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ActivityLab } from '../../kit/faults/activity-faults/activity-lab.js';
import type { ActivityScene, PerformedActivity } from '../../kit/faults/activity-faults/activity-scene.js';
import { frozenAt, titleOf } from '../../kit/faults/activity-faults/play.js';
import { PLAYS } from '../../kit/faults/activity-faults/plays/index.js';
import { applicationOnTarget } from '../../kit/faults/activity-faults/plays/workloads.js';
import { isShortForm } from '../../kit/faults/faults-form.js';

const CONCURRENCY = 6;
const limited = pLimit(CONCURRENCY);

/** What unwinds, rolls back and cleans up, with what the next run of the plan does before the frozen one thaws. */
const NEXT: Partial<Record<PerformedActivity, (scene: ActivityScene) => Promise<void>>> = {
  unquiesceSource: async (scene) => {
    await applicationOnTarget(scene);
    await cutOver(scene);
  },
  confirmTargetDown: cutOver,
  waitForRestoreIdle: cutOver,
  swapClaims: convert,
  sweepHelpers: nothing,
  removeVolumeHelpers: nothing,
  removeHook: nothing,
  haltTarget: nothing,
  removeMigrated: nothing,
};

/** The source is halted and what is on the target starts. */
async function cutOver(scene: ActivityScene): Promise<void> {
  const next = await scene.otherRun('next', 'Running');
  await scene.performAs(next, 'quiesceApplications');
  await scene.performAs(next, 'waitForQuiesce');
  await scene.performAs(next, 'startTarget');
}

async function convert(scene: ActivityScene): Promise<void> {
  const next = await scene.otherRun('next', 'Running');
  await scene.performAs(next, 'quiesceApplications');
  await scene.performAs(next, 'swapClaims', { direction: 'forward' });
  await scene.performAs(next, 'startConverted');
}

async function nothing(): Promise<void> {}

/** The short form freezes what starts the source and what halts the target, once each. */
const SHORT: readonly PerformedActivity[] = ['unquiesceSource', 'confirmTargetDown'];
const plays = PLAYS.filter(
  ({ activity, when }) =>
    NEXT[activity] && when !== 'forward' && (!isShortForm || (SHORT.includes(activity) && when === undefined)),
);

let lab: ActivityLab;

beforeAll(async () => {
  lab = await ActivityLab.start(2 * CONCURRENCY);
});

afterAll(() => lab?.stop());

describe.concurrent('a worker that is frozen before a change, and thaws when the run has ended and the next one is done,', () => {
  it.each(plays.map((play) => [titleOf(play), play] as const))('changes nothing more: %s', async (_, play) => {
    const next = NEXT[play.activity] ?? nothing;
    let frozen = 0;
    for (const k of pointsOf()) {
      const found = await limited(() => frozenAt(lab, play, k, next));
      if (!found) break;
      frozen += 1;
      expect(found.writes, `frozen at mutation ${k} (${found.frozenAt})`).toEqual({});
    }
    expect(frozen).toBeGreaterThan(0);
  });
});

/** Each mutation of the play, until there are no more. */
function* pointsOf(): Generator<number> {
  if (isShortForm) return yield 2;
  for (let k = 1; ; k += 1) yield k;
}
