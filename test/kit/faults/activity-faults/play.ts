import type { RunRecord } from '../../../../resources/run/run-record.js';
import { readWrites } from '../../cluster/audit-log.js';
import { freezeAt } from '../api-proxy/freeze-point.js';
import { type KillPoint, killAt, type Moment } from '../api-proxy/kill-point.js';
import type { ActivityLab } from './activity-lab.js';
import type { Outcome } from './activity-runner.js';
import type { ActivityScene, PerformedActivity, SceneNames } from './activity-scene.js';
import { anonymous, endState } from './end-state.js';
import { SIDES } from './sides.js';

/** An activity, and what it is tried on. */
export interface Play {
  activity: PerformedActivity;
  /** Tells plays of one activity apart. */
  when?: string;
  /** Writes that may be made several times, as they are keyed in {@link Ending}. */
  mayRepeat?: RegExp;
  /** Of the run when the activity begins; Running if left out. */
  state?: 'Unwinding';
  /** Of the scene's record. */
  record?: (names: SceneNames) => Partial<RunRecord>;
  /** Puts what the activity finds; resolves to its input beside the run. */
  prepare: (scene: ActivityScene) => Promise<object | undefined>;
}

export const titleOf = ({ activity, when }: Play): string => (when ? `${activity} ${when}` : activity);

export interface Ending {
  /** See {@link endState}. */
  state: Record<string, string>;
  /** How often our service account wrote each object, by the audit logs: `source patch deployments.apps web` → 1. */
  writes: Record<string, number>;
}

/** Performs the activity once, with nothing in its way. */
export async function undisturbed(lab: ActivityLab, play: Play): Promise<Ending & { mutations: number }> {
  const { scene, point, outcome } = await perform(lab, play, Number.POSITIVE_INFINITY, 'heard');
  if (!('result' in outcome)) throw new Error(`${titleOf(play)} fails undisturbed: ${JSON.stringify(outcome)}`);
  return { ...(await endingOf(play, scene)), mutations: point.mutations };
}

/**
 * Performs the activity in a process that is killed at its k-th mutation, then once more in another.
 *
 * @returns how it ended, and the request it was killed at; undefined when it did not make that many
 */
export async function killedAt(
  lab: ActivityLab,
  play: Play,
  k: number,
  moment: Moment,
): Promise<Ending & { struckAt: string | undefined }> {
  const { scene, point, input } = await perform(lab, play, k, moment);
  const runner = await lab.runners.take();
  const again = await runner.perform(play.activity, input);
  lab.runners.give(runner);
  if (!('result' in again)) {
    throw new Error(`${titleOf(play)} fails after it was killed at ${point.struckAt}: ${JSON.stringify(again)}`);
  }
  return { ...(await endingOf(play, scene)), struckAt: point.struckAt };
}

/**
 * Performs the activity in a process that is frozen before its k-th mutation reaches the server. Another one takes its place, the run ends, and
 * the next run of the plan does its work; then the frozen one thaws.
 *
 * @returns the mutation it was frozen at, and what it wrote after that; undefined when it did not make that many
 */
export async function frozenAt(
  lab: ActivityLab,
  play: Play,
  k: number,
  next: (scene: ActivityScene) => Promise<void>,
): Promise<{ frozenAt: string; writes: Record<string, number> } | undefined> {
  const { scene, input } = await setUp(lab, play);
  const runner = await lab.runners.take();
  const point = freezeAt(Object.values(scene.proxies), k, () => runner.freeze());
  const outcome = runner.perform(play.activity, input);
  const reached = await Promise.race([point.reached, outcome.then(() => undefined)]);
  try {
    if (reached === undefined) return undefined;
    const other = await lab.runners.take();
    const done = await other.perform(play.activity, input);
    lab.runners.give(other);
    if (!('result' in done)) throw new Error(`${titleOf(play)} fails beside a frozen one: ${JSON.stringify(done)}`);
    await scene.lab.temporary.store.runs.setState(scene.run, 'Failed');
    await next(scene);
    const since = new Date();
    point.release();
    runner.thaw();
    await outcome;
    return { frozenAt: reached, writes: await writesOf(scene, since) };
  } finally {
    point.release();
    runner.thaw();
    await outcome;
    lab.runners.give(runner);
    lab.close(scene);
  }
}

async function setUp(lab: ActivityLab, play: Play): Promise<{ scene: ActivityScene; input: object }> {
  const scene = await lab.open(play.record);
  const input = { run: scene.run, ...(await play.prepare(scene)) };
  if (play.state) await lab.temporary.store.runs.setState(scene.run, play.state);
  return { scene, input };
}

async function perform(
  lab: ActivityLab,
  play: Play,
  k: number,
  moment: Moment,
): Promise<{ scene: ActivityScene; point: KillPoint; input: object; outcome: Outcome }> {
  const { scene, input } = await setUp(lab, play);
  const runner = await lab.runners.take();
  const point = killAt(Object.values(scene.proxies), { k, moment }, () => runner.kill());
  const outcome = await runner.perform(play.activity, input);
  // One that was told of its last call may have ended before it was killed.
  if (point.struckAt) await runner.kill();
  point.disarm();
  lab.runners.give(runner);
  return { scene, point, input, outcome };
}

async function endingOf({ mayRepeat }: Play, scene: ActivityScene): Promise<Ending> {
  const writes = Object.entries(await writesOf(scene)).filter(([key]) => !mayRepeat?.test(key));
  const state = await endState(scene);
  scene.lab.close(scene);
  return { state, writes: Object.fromEntries(writes) };
}

/** The account that prepare-cluster makes. */
const SERVICE_ACCOUNT = 'system:serviceaccount:openshift-migration:migration-controller';

async function writesOf(scene: ActivityScene, since = scene.since): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const side of SIDES) {
    for (const trace of scene.traces) {
      for (const { verb, resource, name, user } of await readWrites(side, since, trace)) {
        if (user !== SERVICE_ACCOUNT) continue;
        const key = `${side} ${verb} ${resource} ${anonymous(scene, name)}`;
        counts[key] = (counts[key] ?? 0) + 1;
      }
    }
  }
  return counts;
}
