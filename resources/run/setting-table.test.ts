import { describe, expect, it } from 'vitest';
import { SETTINGS, type Setting, settingsSpec } from './setting-table.js';
import { readSettings } from './settings.js';

const rows = Object.entries(SETTINGS) as [string, Setting][];

describe.each(rows)('%s', (name, { schema, parse, default: fallback, unlisted, otherName }) => {
  it('has a default that it accepts and can read', () => {
    expect(schema.safeParse(fallback).success).toBe(true);
    expect(parse(fallback)).toBeDefined();
  });

  it('is a field of the API with this default, unless it is not listed', () => {
    expect(name in settingsSpec.shape).toBe(!unlisted);
    const filledIn = settingsSpec.parse({})[name];
    expect(filledIn).toEqual(unlisted || otherName ? undefined : fallback);
  });
});

it('keeps what it does not know', () => {
  expect(settingsSpec.parse({ made_up: 1 })).toMatchObject({ made_up: 1, mig_pv_limit: 100 });
});

it('says what is used in place of what cannot be read', () => {
  expect(readSettings({ mig_pv_limit: 'many', source_supplemental_groups: 'wheel' }).problems).toEqual([
    {
      field: 'spec.mig_pv_limit',
      message: '"many" is not a whole number of at least 1; 100 is used instead.',
      blocks: false,
    },
    {
      field: 'spec.source_supplemental_groups',
      message: '"wheel" is not a list of group ids such as "1000,2000"; "" is used instead.',
      blocks: false,
    },
  ]);
});

it('asks for the other name of the source groups where the first is absent', () => {
  const groups = (spec: Record<string, unknown>) => readSettings(spec).settings.run.sourceSupplementalGroups;
  expect(groups({ src_supplemental_groups: '7' })).toEqual([7]);
  expect(groups({ src_supplemental_groups: '7', source_supplemental_groups: '8' })).toEqual([8]);
});
