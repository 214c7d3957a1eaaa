import { describe, expect, it } from 'vitest';
import { KINDS } from '../../resources/kinds/index.js';
import { SERVED_GROUPS } from './discovery-documents.js';
import { openApiDocument } from './openapi-document.js';

// biome-ignore lint/suspicious/noExplicitAny: a document of many shapes.
const documents = SERVED_GROUPS.map((served) => openApiDocument(served) as any);
const paths = Object.assign({}, ...documents.map((document) => document.paths));

/** Every object below a value. */
function* objectsIn(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value as Record<string, unknown>;
  for (const child of Object.values(value)) yield* objectsIn(child);
}

describe('OpenAPI', () => {
  it('refers to what there is', () => {
    for (const document of documents) {
      for (const { $ref } of objectsIn(document)) {
        if (typeof $ref === 'string')
          expect(document.components.schemas).toHaveProperty([$ref.split('/').at(-1) ?? '']);
      }
    }
  });

  it('names each operation once', () => {
    const ids = [...objectsIn(paths)].flatMap(({ operationId }) => operationId ?? []);
    expect(ids.length).toBeGreaterThan(100);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(KINDS.map((kind) => [kind.kind, kind] as const))('tells what is served of %s', (_name, kind) => {
    const base = kind.group ? `/apis/${kind.group}/${kind.version}` : `/api/${kind.version}`;
    const collection = `${base}${kind.namespaced ? '/namespaces/{namespace}' : ''}/${kind.plural}`;
    const of = (path: string) => paths[path] ?? {};
    expect(Object.keys(of(`${collection}/{name}`).patch?.requestBody.content ?? {})).toEqual(
      kind.verbs.includes('patch')
        ? [
            'application/json-patch+json',
            'application/merge-patch+json',
            'application/apply-patch+yaml',
            ...(kind.group ? [] : ['application/strategic-merge-patch+json']),
          ]
        : [],
    );
    expect(Boolean(of(`${collection}/{name}/status`).put)).toBe(kind.hasStatus);
    if (kind.namespaced) expect(of(`${base}/${kind.plural}`)).toHaveProperty('get');
    for (const name of Object.keys(kind.subresources ?? {}))
      expect(paths).toHaveProperty([`${collection}/{name}/${name}`]);
    const { post, delete: all } = of(collection);
    if (post) expect(Object.keys(post.responses)).toEqual(['201', 'default']);
    if (all) expect(all.responses['200'].content['application/json'].schema.$ref).toMatch(/List$/);
  });

  it('does not forbid fields that are taken with a warning', () => {
    expect([...objectsIn(documents)].filter(({ additionalProperties }) => additionalProperties === false)).toEqual([]);
  });
});
