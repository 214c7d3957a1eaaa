import { expect, it } from 'vitest';
import { runSummary } from '../../test/kit/fakes/run-summary.js';
import type { MigrationRun } from './migration-run.js';
import { whyCancelWasIgnored } from './why-cancel-was-ignored.js';

const ref = { kind: 'MigMigration' as const, namespace: 'n', name: 'm', uid: 'u', attempt: 1 };
const why = (overrides: Parameters<typeof runSummary>[0], isCanceled = false) =>
  whyCancelWasIgnored({ summary: runSummary(overrides)(ref), isCanceled } as unknown as MigrationRun);

it.each([
  ['a stage', why({ itinerary: 'Stage' }, true), /nothing of the source application was touched/],
  ['a rollback', why({ itinerary: 'Rollback' }), /a rollback that ends half-way/],
  ['a conversion', why({ itinerary: 'Conversion' }), /former claims back/],
  ['a final', why({}), /source could no longer be brought back/],
  ['a state migration', why({ itinerary: 'State' }), /source could no longer be brought back/],
  ['a final that halts nothing', why({ quiescePods: false }), /source was not halted/],
])('a cancel of %s comes too late for a reason of its own', (_, text, expected) => {
  expect(text).toMatch(expected);
});
