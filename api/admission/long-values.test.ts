import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { KINDS } from '../../resources/kinds/index.js';
import type { KindDefinition } from '../../resources/meta/kind-definition.js';
import { admit } from './admit.js';
import { objectSchema } from './object-schema.js';

const LENGTH = 300_000;
/** What expressions that go back over a text take longest for. */
const TEXTS: [string, string][] = [
  ['blanks', `${' '.repeat(LENGTH)}!`],
  ['letters', `${'a'.repeat(LENGTH)}!`],
  ['dots', `${'a.'.repeat(LENGTH / 2)}!`],
  ['slashes', `${'a/'.repeat(LENGTH / 2)}!`],
  ['colons', `${'a:'.repeat(LENGTH / 2)}!`],
  ['commas', `${'1,'.repeat(LENGTH / 2)}!`],
  ['digits', `${'1'.repeat(LENGTH)}!`],
  ['dashes', `-----BEGIN CERTIFICATE-----${'-'.repeat(LENGTH)}`],
  ['lines', `${'\n'.repeat(LENGTH)}!`],
  ['brackets', `${'<'.repeat(LENGTH)}!`],
  ['cron fields', `${'*/1,'.repeat(LENGTH / 4)}* * * * *`],
];

type Path = (string | number)[];

/** Where texts stand in objects of a schema. */
function textsIn(schema: unknown, path: Path = []): Path[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return textsIn(schema.unwrap(), path);
  }
  if (schema instanceof z.ZodObject) {
    return Object.entries(schema.shape).flatMap(([key, child]) => textsIn(child, [...path, key]));
  }
  if (schema instanceof z.ZodArray) return textsIn(schema.element, [...path, 0]);
  if (schema instanceof z.ZodRecord) return textsIn(schema.valueType, [...path, 'key']);
  return schema instanceof z.ZodString || schema instanceof z.ZodUnion || schema instanceof z.ZodPipe ? [path] : [];
}

function withText([key, ...rest]: Path, text: string): unknown {
  if (key === undefined) return text;
  return typeof key === 'number' ? [withText(rest, text)] : { [key]: withText(rest, text) };
}

/** Of the processor: what else the machine does is not counted. */
function milliseconds(definition: KindDefinition, sent: unknown): number {
  const started = process.cpuUsage();
  try {
    admit(definition, sent as never, { fieldValidation: 'Warn', warn: () => undefined });
  } catch (error) {
    expect((error as Error).name).toBe('ApiError');
  }
  return process.cpuUsage(started).user / 1000;
}

describe.each(KINDS.map((kind) => [kind.kind, kind] as const))('%s', (_name, definition) => {
  const paths = textsIn(objectSchema(definition)).filter(([top]) => top !== 'status');

  it.each(TEXTS)('takes %s of any length for what they are at once, in every field', (_text, text) => {
    expect(paths.length).toBeGreaterThan(5);
    for (const path of paths) {
      const [top, ...rest] = path;
      const name = { metadata: { name: 'a', namespace: 'openshift-migration' } };
      const base = { apiVersion: 'v1', kind: definition.kind, ...name };
      const sent =
        top === 'metadata'
          ? { ...base, metadata: { ...name.metadata, ...(withText(rest, text) as object) } }
          : { ...base, ...(withText(path, text) as object) };
      const fastest = Math.min(milliseconds(definition, sent), milliseconds(definition, sent));
      expect(fastest, `${definition.kind} ${path.join('.')}`).toBeLessThan(100);
    }
  });
});
