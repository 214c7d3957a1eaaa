import { z } from 'zod';
import type { KindDefinition } from '../../resources/meta/kind-definition.js';
import { objectMeta } from '../../resources/meta/object-meta.js';
import { objectSchema } from '../admission/object-schema.js';
import { kindsOf, type ServedGroup } from './discovery-documents.js';
import { pathsOf, type Schemas } from './openapi-paths.js';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const LIST_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta';
const STATUS = 'io.k8s.apimachinery.pkg.apis.meta.v1.Status';
const DELETE_OPTIONS = 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions';

type JsonSchema = Record<string, unknown> & { properties?: Record<string, unknown> };

const toJson = (schema: z.ZodType): JsonSchema =>
  z.toJSONSchema(schema, {
    target: 'openapi-3.0',
    io: 'input',
    unrepresentable: 'any',
    // Unknown fields are taken out with a warning, unless strict validation is asked for.
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  }) as JsonSchema;

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

const status: JsonSchema = {
  type: 'object',
  description: 'Outcome of a request.',
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: reference(LIST_META),
    status: { type: 'string', description: 'Success or Failure.' },
    message: { type: 'string', description: 'What went wrong.' },
    reason: { type: 'string', description: 'The same in one word.' },
    details: { type: 'object', description: 'What it is about, and every single mistake.' },
    code: { type: 'integer', format: 'int32', description: 'Status code of the answer.' },
  },
};

const deleteOptions: JsonSchema = {
  type: 'object',
  description: 'How something is deleted.',
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    dryRun: { type: 'array', items: { type: 'string' }, description: 'All to check without deleting.' },
    propagationPolicy: { type: 'string', description: 'Orphan, Background or Foreground.' },
    orphanDependents: { type: 'boolean', description: 'Older word for propagationPolicy.' },
    gracePeriodSeconds: { type: 'integer', format: 'int64', description: 'Has no effect here.' },
    preconditions: {
      type: 'object',
      properties: { uid: { type: 'string' }, resourceVersion: { type: 'string' } },
      description: 'What must be true of the object.',
    },
  },
};

const schemasOf = (definition: KindDefinition): Schemas => ({
  object: schemaName(definition),
  list: `${schemaName(definition)}List`,
  status: STATUS,
  deleteOptions: DELETE_OPTIONS,
});

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
    paths: Object.assign({}, ...kinds.map((definition) => pathsOf(definition, schemasOf(definition)))),
    components: {
      schemas: {
        ...Object.fromEntries(components),
        [META]: toJson(objectMeta),
        [LIST_META]: listMeta,
        [STATUS]: status,
        [DELETE_OPTIONS]: deleteOptions,
      },
    },
  };
}
