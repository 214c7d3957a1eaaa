import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findKind } from '../kinds/index.js';
import { longestPipeline, PIPELINES_TEXT, STEP_NAMES, STEPS_TEXT } from './step-texts.js';
import { PIPELINES, STEPS } from './steps.js';

type JsonSchema = { description?: string; properties: Record<string, JsonSchema>; items: JsonSchema };

const pipeline = (
  z.toJSONSchema(findKind('MigMigration')?.status as z.ZodType, { unrepresentable: 'any' }) as unknown as JsonSchema
).properties.pipeline as JsonSchema;

describe('what OpenAPI says of the pipeline', () => {
  it('names every step there is, and none else', () => {
    const said = pipeline.items.properties.name?.description?.split('\n').slice(1) ?? [];
    expect(said).toEqual(Object.entries(STEPS).map(([name, { message }]) => `${name}: ${message}`));
    expect(pipeline.items.properties.name?.description).toBe(STEPS_TEXT);
  });

  it('has the steps of every itinerary in their order', () => {
    expect(pipeline.description).toBe(PIPELINES_TEXT);
    const lines = pipeline.description?.split('\n').slice(1) ?? [];
    expect(lines.map((line) => line.split(':')[0])).toEqual(Object.keys(PIPELINES));
    expect(lines).toContain(
      'Final: Prepare, [PreBackupHooks], Backup, StageBackup, DirectVolume, [PostBackupHooks], [PreRestoreHooks], Restore, [PostRestoreHooks], [Verification], Cleanup',
    );
  });
});

it('has no step that no itinerary comes to', () => {
  const reached = new Set(
    (Object.keys(PIPELINES) as (keyof typeof PIPELINES)[]).flatMap((itinerary) =>
      longestPipeline(itinerary).map(({ name }) => name),
    ),
  );
  expect(STEP_NAMES.filter((name) => !reached.has(name))).toEqual([]);
});
