import { z } from 'zod';
import type { KindDefinition } from '../../resources/meta/kind-definition.js';
import { objectMeta } from '../../resources/meta/object-meta.js';
import { objectSchema } from '../admission/object-schema.js';
import { kindsOf, type ServedGroup } from './discovery-documents.js';
import { pathsOf } from './openapi-paths.js';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const LIST_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta';

type JsonSchema = Record<string, unknown> & { properties?: Record<string, unknown> };

const toJson = (schema: z.ZodType): JsonSchema =>
  z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input', unrepresentable: 'any' }) as JsonSchema;

const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** Reversed group, as Kubernetes names its schemas: `io.openshift.migration.v1alpha1.MigPlan`. */
const schemaName = ({ group, version, kind }: KindDefinition): string =>
  [...(group || 'core.api.k8s.io').split('.').reverse(), version, kind].join('.');

const groupVersionKind = ({ group, version }: KindDefinition, kind: string) => [{ group, version, kind }];

function objectComponent(definition: KindDefinition): JsonSchema {
  const { required, ...schema } = toJson(objectSchema(definition));
  const metadata = { description: 'Name, namespace, labels and the like.', allOf: [reference(META)] };
  const status = definition.status && { status: toJson(definition.status) };
  return {
    ...schema,
    properties: { ...schema.properties, metadata, ...status },
    'x-kubernetes-group-version-kind': groupVersionKind(definition, definition.kind),
  };
}

const listComponent = (definition: KindDefinition): JsonSchema => ({
  type: 'object',
  description: `A list of ${definition.kind} objects.`,
  required: ['items'],
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: reference(LIST_META),
    items: { type: 'array', items: reference(schemaName(definition)) },
  },
  'x-kubernetes-group-version-kind': groupVersionKind(definition, `${definition.kind}List`),
});

const listMeta: JsonSchema = {
  type: 'object',
  description: 'Metadata of a list.',
  properties: {
    resourceVersion: { type: 'string', description: 'Revision at which the list was read.' },
    continue: { type: 'string', description: 'Token for the next page.' },
    remainingItemCount: { type: 'integer', format: 'int64', description: 'Objects on later pages.' },
  },
};

/** OpenAPI 3.0 of one group and version, from the schemas that the API checks by. */
export function openApiDocument(served: ServedGroup) {
  const kinds = kindsOf(served);
  const components = kinds.flatMap((definition): [string, JsonSchema][] => [
    [schemaName(definition), objectComponent(definition)],
    [`${schemaName(definition)}List`, listComponent(definition)],
  ]);
  return {
    openapi: '3.0.0',
    info: { title: 'Migration toolkit', version: served.version },
    paths: Object.assign({}, ...kinds.map((definition) => pathsOf(definition, schemaName(definition)))),
    components: { schemas: Object.fromEntries([...components, [META, toJson(objectMeta)], [LIST_META, listMeta]]) },
  };
}
