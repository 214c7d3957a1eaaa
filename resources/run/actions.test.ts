import { describe, expect, it } from 'vitest';
import { actionsOf, COPIES_ONCE, type RunActions } from './actions.js';

const row = ({ brings, copies, lastPass, halts, starts, usesRepository, commitsAt }: RunActions) =>
  [brings, copies, lastPass ?? '-', halts, starts, usesRepository, commitsAt] as const;

describe('what a run does', () => {
  it.each([
    ['Stage', false, ['nothing', 'selected', '-', false, 'nothing', false, 'never']],
    ['Stage', true, ['nothing', 'selected', '-', false, 'nothing', false, 'never']],
    ['Final', false, ['objects', 'selected', 'pre-copy', false, 'nothing', true, 'restore']],
    ['Final', true, ['objects', 'selected', 'final', true, 'target', true, 'start']],
    ['State', false, ['nothing', 'all', '-', false, 'nothing', false, 'never']],
    ['State', true, ['nothing', 'all', 'final', true, 'nothing', false, 'last-copy']],
    ['Conversion', false, ['nothing', 'all', '-', false, 'nothing', false, 'never']],
    ['Conversion', true, ['nothing', 'all', 'final', true, 'source-on-new-claims', false, 'start']],
    ['Rollback', false, ['nothing', 'nothing', '-', false, 'source', false, 'never']],
    ['Rollback', true, ['nothing', 'nothing', '-', true, 'source', false, 'never']],
  ] as const)('%s, quiesce %s', (itinerary, quiesce, expected) => {
    expect(row(actionsOf(itinerary, { quiesce }))).toEqual(expected);
  });

  it('is one copy that stays, for a DirectVolumeMigration', () => {
    expect(row(COPIES_ONCE)).toEqual(['nothing', 'all', 'pre-copy', false, 'nothing', false, 'never']);
  });
});
