import { describe, expect, it } from 'vitest';
import { OWED_FACTS } from '../../resources/run/facts.js';
import { PIPELINES } from '../../resources/run/steps.js';
import { OWED, owedBy, UNDO_STEPS } from './owed.js';

describe('the table of what a run may owe', () => {
  it('undoes every fact that can be owed, last recorded first', () => {
    expect(OWED.map(({ fact }) => fact)).toEqual(OWED_FACTS);
  });

  it.each(['Failed', 'Cancel'] as const)(
    'shows each undoing in a step of the pipeline %s, in its order',
    (itinerary) => {
      expect(PIPELINES[itinerary]).toEqual([...UNDO_STEPS, 'CleanupHelpers']);
    },
  );

  it('gives a run what its facts say, and nothing more', () => {
    expect(owedBy({})).toEqual([]);
    expect(owedBy({ quiesceOwed: true, restoreOwed: true }).map(({ fact }) => fact)).toEqual([
      'restoreOwed',
      'quiesceOwed',
    ]);
  });
});
