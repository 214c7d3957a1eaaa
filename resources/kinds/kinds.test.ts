import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { SETTING_DEFAULTS } from '../run/setting-table.js';
import { readSettings } from '../run/settings.js';
import { findKind, findResource, KINDS } from './index.js';
import { defaultMigrationController } from './migration-controller.js';

type JsonSchema = { description?: string; properties?: Record<string, JsonSchema>; items?: JsonSchema };

/** Paths of the fields that `kubectl explain` would have nothing to say about. */
function undescribed(schema: JsonSchema, path: string): string[] {
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => [
    ...(field.description ? [] : [`${path}.${name}`]),
    ...undescribed(field, `${path}.${name}`),
  ]);
  return schema.items ? [...fields, ...undescribed(schema.items, `${path}[]`)] : fields;
}

const schemasOf = ({ kind, spec, status, fields }: (typeof KINDS)[number]) =>
  Object.entries({ ...(spec && { spec }), ...(status && { status }), ...fields }).map(([name, schema]) => ({
    path: `${kind}.${name}`,
    json: z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema,
  }));

describe.each(KINDS.map((kind) => [kind.kind, kind] as const))('%s', (_name, definition) => {
  it('says something about every field', () => {
    expect(schemasOf(definition).flatMap(({ path, json }) => undescribed(json, path))).toEqual([]);
    expect(definition.description).toMatch(/\.$/);
  });

  it('is found by its path and its name', () => {
    const { group, version, plural, kind } = definition;
    expect(findResource(group, version, plural)).toBe(definition);
    expect(findKind(kind)).toBe(definition);
  });

  it('prints an object that has nothing but a name', () => {
    const spec = definition.spec?.parse({});
    const object = {
      apiVersion: 'v1',
      kind: definition.kind,
      metadata: { name: 'bare' },
      ...((spec as object) && { spec }),
    };
    for (const { value } of definition.columns) expect(() => value(object)).not.toThrow();
  });

  it('takes its own defaults as input', () => {
    const { spec } = definition;
    if (spec) expect(spec.parse(spec.parse({}))).toEqual(spec.parse({}));
  });
});

describe('the settings', () => {
  it('have every default filled in and ask for nothing unusual', () => {
    const { spec } = defaultMigrationController();
    const { source_supplemental_groups, ...defaults } = SETTING_DEFAULTS;
    expect(spec).toMatchObject(defaults);
    expect(spec).not.toHaveProperty('source_supplemental_groups');
    expect(readSettings(spec, { transferImage: 'image' }).problems).toEqual([]);
  });

  it('take numbers as text and truth values as words', () => {
    const kind = findKind('MigrationController');
    expect(kind?.spec?.safeParse({ mig_pv_limit: '200', disable_pv_migration: 'true' }).success).toBe(true);
    expect(kind?.spec?.safeParse({ mig_pv_limit: 'many' }).success).toBe(false);
  });
});
