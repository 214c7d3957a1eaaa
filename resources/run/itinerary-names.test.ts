import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const ROOMS = '{resources,activities,workflows,worker,api,migrations-db}/**/*.ts';
/** Where the names have their meaning. */
const MEANINGS = ['workflows/itineraries/', 'resources/run/actions.ts', 'resources/plan/itinerary.ts'];
const LIMIT = 10;

const NAME = `'(?:Stage|Final|State|Conversion|Rollback)'`;
/** Comparing with a name of an itinerary, a case of it, or membership in a list of names. */
const BRANCH = new RegExp(
  `itinerary [!=]== ${NAME}|case ${NAME}:|ITINERARY\\.|\\[(?:${NAME}(?:, )?)+\\]\\.includes\\(|RunItinerary\\[\\] = \\[`,
  'g',
);

it('branches on the name of an itinerary in few places: elsewhere the run record says what a run does', () => {
  const found = globSync(ROOMS)
    .filter((file) => !file.endsWith('.test.ts') && !MEANINGS.some((place) => file.startsWith(place)))
    .flatMap((file) => {
      const lines = readFileSync(file, 'utf8').split('\n');
      return lines.flatMap((line, index) => [...line.matchAll(BRANCH)].map(() => `${file}:${index + 1}`));
    });
  expect(found.length, found.join('\n')).toBeGreaterThan(0);
  expect(found.length, found.join('\n')).toBeLessThan(LIMIT);
});
