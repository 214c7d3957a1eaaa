/** The ways a plan is run, as an operator tells them apart. */
const WAYS = ['Stage', 'Final', 'Final without quiesce', 'State stage', 'State cutover', 'Conversion'] as const;
/** The last one ends as a Final does; it has more steps to be stopped in. */
export type Way = (typeof WAYS)[number] | 'Final with hooks';

const OUTCOMES = [
  'success',
  'cancel',
  'failure before the commit point',
  'failure after the commit point',
  'rollback',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Replicas of the scene's Deployments; undefined: they are not there. */
export type Replicas = Record<string, number> | undefined;

export const UP = { picky: 1, store: 1, web: 2 };
export const DOWN = { picky: 0, store: 0, web: 0 };
const PICKY_DOWN = { ...UP, picky: 0 };

/** What each way is asked for with. */
export const SPECS: Record<Way, Record<string, unknown>> = {
  Stage: { stage: true },
  Final: { quiescePods: true },
  'Final without quiesce': {},
  'State stage': { migrateState: true },
  'State cutover': { migrateState: true, quiescePods: true },
  Conversion: { migrateState: true, quiescePods: true },
  'Final with hooks': { quiescePods: true, verify: true },
};

export const halts = (way: Way): boolean => SPECS[way].quiescePods === true;

interface Expectation {
  source: Replicas;
  target: Replicas;
}

/**
 * Where the application runs afterwards. By the rules: before the commit point it is the source, after it the target; a final without
 * quiesce leaves the source running by design, and a state cutover starts nothing. Undefined: there is no such outcome.
 */
export function expectedOf(way: Way, outcome: Outcome): Expectation | undefined {
  if (outcome === 'success') return SUCCESS[way];
  if (outcome === 'failure after the commit point') return AFTER_COMMIT[way];
  return { source: UP, target: undefined };
}

const SUCCESS: Record<Way, Expectation> = {
  Stage: { source: UP, target: undefined },
  Final: { source: DOWN, target: UP },
  'Final without quiesce': { source: UP, target: UP },
  'State stage': { source: UP, target: undefined },
  'State cutover': { source: DOWN, target: undefined },
  Conversion: { source: UP, target: undefined },
  'Final with hooks': { source: DOWN, target: UP },
};

const AFTER_COMMIT: Partial<Record<Way, Expectation>> = {
  Final: { source: DOWN, target: PICKY_DOWN },
  'Final without quiesce': { source: UP, target: undefined },
  Conversion: { source: PICKY_DOWN, target: undefined },
};

/** Every pair that can happen. */
export const CASES: readonly { way: Way; outcome: Outcome }[] = WAYS.flatMap((way) =>
  OUTCOMES.filter((outcome) => expectedOf(way, outcome) !== undefined).map((outcome) => ({ way, outcome })),
);
