import { expect, test } from 'vitest';
import { readPage, roomsText, shownIn } from './rooms-page.js';

test('docs/architecture.md shows the rooms as the rules have them; `npm run graph -- --write` writes them', async () => {
  expect(shownIn(await readPage())).toBe(roomsText());
});

test('a page without the marks is named', () => {
  expect(() => shownIn('# Architecture')).toThrow(/architecture\.md has lost the marks/);
});
