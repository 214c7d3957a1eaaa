import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ORDER, ROOMS } from './rooms.js';

const PAGE = new URL('../docs/architecture.md', import.meta.url);
const BEGIN = '<!-- Written by `npm run graph -- --write` from rules/rooms.ts. -->';
const END = '<!-- End of what is written from rules/rooms.ts. -->';

const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

/** The tables of rooms as the page shows them, bottom up. */
export function roomsText(): string {
  const rooms = Object.entries(ROOMS).map(
    ([room, below]) => `| \`${room}\` | ${below === 'all' ? 'everything' : code(below) || 'nothing'} |`,
  );
  const orders = Object.entries(ORDER).map(([room, places]) => {
    const shown = places.map((place) => (typeof place === 'string' ? place : `(${place.join(', ')})`));
    return `| \`${room}/\` | ${shown.map((place) => `${place.replace(/^\*$/, '*other files*')}`).join(' < ')} |`;
  });
  return [
    BEGIN,
    '',
    '| room | may import from |',
    '| --- | --- |',
    ...rooms,
    '',
    'Inside a room, each folder may import only those before it; those in brackets stand side by side:',
    '',
    '| room | order |',
    '| --- | --- |',
    ...orders,
    '',
    END,
  ].join('\n');
}

/** What the page says of rooms now, from mark to mark. @throws when the marks are gone */
export function shownIn(page: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin)
    throw new Error(`${fileURLToPath(PAGE)} has lost the marks of its table of rooms: ${BEGIN} … ${END}`);
  return page.slice(begin, end + END.length);
}

export const readPage = (): Promise<string> => readFile(PAGE, 'utf8');

export async function writePage(): Promise<void> {
  const page = await readPage();
  await writeFile(
    PAGE,
    page.replace(shownIn(page), () => roomsText()),
  );
}
