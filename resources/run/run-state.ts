/** Where a run is on its way: it goes from Running to Unwinding to its end, or from Running to its end, and never back. */
export type RunState = 'Running' | 'Unwinding' | 'Succeeded' | 'SucceededWithWarnings' | 'Failed' | 'Canceled';

/** States of a run that has not ended. */
export const OPEN_STATES: readonly RunState[] = ['Running', 'Unwinding'];

export const isOpen = (state: RunState): boolean => OPEN_STATES.includes(state);

/** States that may be followed by this one. */
export const statesBefore = (state: RunState): readonly RunState[] =>
  CANNOT_FOLLOW_AN_UNWIND.includes(state) ? ['Running'] : OPEN_STATES;

const CANNOT_FOLLOW_AN_UNWIND: readonly RunState[] = ['Running', 'Succeeded', 'SucceededWithWarnings'];
