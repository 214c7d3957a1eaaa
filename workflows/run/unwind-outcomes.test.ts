import { expect, it } from 'vitest';
import { runsAgain, UNWIND_OUTCOMES, type UnwindOutcome } from './unwind-outcomes.js';

const OUTCOMES = Object.keys(UNWIND_OUTCOMES) as UnwindOutcome[];

it('an outcome says that the source runs again exactly where it was started', () => {
  expect(OUTCOMES.filter(runsAgain)).toEqual(['source-running', 'source-starting', 'source-kept-down']);
});

it.each(OUTCOMES)('%s is a whole sentence for the operator', (outcome) => {
  expect(UNWIND_OUTCOMES[outcome]).toMatch(/^[A-Z].*\.$/s);
});

it.each(['target-running', 'both-running', 'on-new-claims', 'copied'] as const)(
  '%s, behind the commit point, offers the rollback and says what it costs',
  (outcome) => {
    expect(UNWIND_OUTCOMES[outcome]).toMatch(/Rollback.*gives up what was written/s);
  },
);
