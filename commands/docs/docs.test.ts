import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findKind, KINDS } from '../../resources/kinds/index.js';
import { CATEGORY, CONDITIONS, conditionsOn } from '../../resources/meta/catalogue/index.js';
import { STEP_NAMES } from '../../resources/run/step-texts.js';
import { STEPS } from '../../resources/run/steps.js';
import { PAGES } from './pages.js';

const checkout = new URL('../../', import.meta.url);
const ROOMS = ['resources', 'workflows', 'activities', 'worker', 'api'];

/** Text of all product code that may mint conditions. */
const sources: string[] = ROOMS.flatMap((room) =>
  readdirSync(new URL(room, checkout), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.includes('catalogue'))
    .map((file) => readFileSync(new URL(`${room}/${file}`, checkout), 'utf8')),
);

const catalogue = new Map(
  KINDS.flatMap(({ kind }) => conditionsOn(kind)).map(({ type, entry }) => [
    type as string,
    Object.values(entry.on).flat() as string[],
  ]),
);

/** Conditions that a text mints by name, each with the category it gives them. */
const mintedIn = (text: string): { type: string; category: string }[] => [
  ...[...text.matchAll(/\b(critical|error|warn|advisory|required)\(\s*'(\w+)'/g)].map(([, helper = '', type = '']) => ({
    type,
    category: `${helper[0]?.toUpperCase()}${helper.slice(1)}`,
  })),
  ...[...text.matchAll(/(?:type: |\btell\()'(\w+)',\s*(?:category: )?CATEGORY\.(\w+)/g)].map(
    ([, type = '', category = '']) => ({ type, category }),
  ),
  ...[...text.matchAll(/\bwarn\(\[?\{\s*type: '(\w+)'/g)].map(([, type = '']) => ({ type, category: CATEGORY.Warn })),
];

const isUnknown = ({ type, category }: { type: string; category: string }): boolean =>
  !catalogue.get(type)?.includes(category);

/** A text without the places that only ask for conditions. */
const withoutQuestions = (text: string): string =>
  text.replaceAll(/\b(hasCondition|has|clear|filter)\([^;]*?\)/g, '').replaceAll(/\.type === '\w+'/g, '');

describe('the condition catalogue', () => {
  it('has every condition that the code mints, in that category', () => {
    expect(sources.flatMap(mintedIn).filter(isUnknown)).toEqual([]);
    expect(sources.flatMap(mintedIn).length).toBeGreaterThan(80);
  });

  it('finds one that is missing, or of another category', () => {
    const planted = `return [critical(\n 'NeverHeardOf', undefined, ''), warn('InvalidURL', '', '')]; status.set({ type: 'Paused', category: CATEGORY.Error })`;
    expect(mintedIn(planted).filter(isUnknown)).toEqual([
      { type: 'NeverHeardOf', category: 'Critical' },
      { type: 'InvalidURL', category: 'Warn' },
      { type: 'Paused', category: 'Error' },
    ]);
  });

  it('has none that no code mints', () => {
    const text = sources.map(withoutQuestions).join('\n');
    expect(Object.keys(CONDITIONS).filter((type) => !text.includes(`'${type}'`))).toEqual([]);
  });

  it('names kinds that are served, and says what to do in a sentence', () => {
    const kinds = Object.values(CONDITIONS).flatMap(({ on }) => Object.keys(on));
    expect(kinds.filter((kind) => !findKind(kind))).toEqual([]);
    for (const { meaning } of Object.values(CONDITIONS)) expect(meaning).toMatch(/^(spec\.|[A-Z]).*\.$/);
  });
});

describe('the pages made from the code', () => {
  it.each(Object.entries(PAGES))('%s is up to date (npm run docs)', (file, text) => {
    expect(readFileSync(new URL(`docs/${file}`, checkout), 'utf8')).toBe(text());
  });

  it.each(Object.keys(PAGES))('%s is found from the README', (file) => {
    expect(readFileSync(new URL('README.md', checkout), 'utf8')).toContain(`(docs/${file})`);
  });

  it('name every condition and every step', () => {
    const page = PAGES['conditions.md']?.() ?? '';
    for (const type of Object.keys(CONDITIONS)) expect(page).toContain(`\`${type}\``);
    for (const name of STEP_NAMES) expect(page).toContain(`| ${name} | ${STEPS[name].phase} |`);
  });
});
