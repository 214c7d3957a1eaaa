import { z } from 'zod';
import type { KindDefinition } from '../../resources/meta/kind-definition.js';
import { objectMeta } from '../../resources/meta/object-meta.js';

/** The whole object of a kind as users write it. Status is not checked here: only its own subresource does. */
function build(definition: KindDefinition): z.ZodObject {
  return z
    .strictObject({
      apiVersion: z.string().describe('Group and version of the kind.'),
      kind: z.string().describe('Kind of the object.'),
      metadata: objectMeta,
      ...(definition.spec && { spec: definition.spec.prefault({}) }),
      ...(definition.hasStatus && { status: z.unknown().optional() }),
      ...definition.fields,
    })
    .describe(definition.description);
}

const schemas = new Map<KindDefinition, z.ZodObject>();

export function objectSchema(definition: KindDefinition): z.ZodObject {
  const schema = schemas.get(definition) ?? build(definition);
  schemas.set(definition, schema);
  return schema;
}
