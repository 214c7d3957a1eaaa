import type { KindDefinition } from '../../resources/meta/kind-definition.js';

interface Operation {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  verb: string;
  /** The value of x-kubernetes-action. */
  action: string;
}

const COLLECTION: Operation[] = [
  { method: 'get', verb: 'list', action: 'list' },
  { method: 'post', verb: 'create', action: 'post' },
  { method: 'delete', verb: 'deletecollection', action: 'deletecollection' },
];

const OBJECT: Operation[] = [
  { method: 'get', verb: 'get', action: 'get' },
  { method: 'put', verb: 'update', action: 'put' },
  { method: 'patch', verb: 'patch', action: 'patch' },
  { method: 'delete', verb: 'delete', action: 'delete' },
];

const WRITES = ['post', 'put', 'patch'];

const queryParameter = (name: string, description: string, type = 'string') => ({
  name,
  in: 'query',
  description,
  schema: { type },
});

// kubectl refuses strict validation and dry runs unless these are listed.
const WRITE_PARAMETERS = [
  queryParameter('dryRun', 'All to check a change without storing it.'),
  queryParameter('fieldManager', 'Name of the writer.'),
  queryParameter('fieldValidation', 'What happens to unknown fields: Ignore, Warn or Strict.'),
];

const FORCE = queryParameter('force', 'True to take fields over that others own, in server-side apply.', 'boolean');

const writeParameters = (method: Operation['method']) =>
  method === 'patch' ? [...WRITE_PARAMETERS, FORCE] : WRITE_PARAMETERS;

const LIST_PARAMETERS = [
  queryParameter('labelSelector', 'Labels the objects must carry.'),
  queryParameter('fieldSelector', 'Values that fields of the objects must have.'),
  queryParameter('limit', 'Most objects in one answer.', 'integer'),
  queryParameter('continue', 'Token of the previous page.'),
  queryParameter('resourceVersion', 'Revision a watch begins after.'),
  queryParameter('watch', 'True to be told of changes.', 'boolean'),
];

const PATCHES = ['application/json-patch+json', 'application/merge-patch+json', 'application/apply-patch+yaml'];

const pathParameter = (name: string) => ({ name, in: 'path', required: true, schema: { type: 'string' } });

function operation(definition: KindDefinition, { method, action }: Operation, schema: string) {
  const { group, version, kind } = definition;
  const content = { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } };
  const patched = Object.fromEntries(PATCHES.map((type) => [type, { schema: { type: 'object' } }]));
  const writes = WRITES.includes(method);
  return {
    operationId: `${action}${kind}`,
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group, version, kind },
    parameters: writes ? writeParameters(method) : action === 'list' ? LIST_PARAMETERS : [],
    ...(writes && { requestBody: { required: true, content: method === 'patch' ? patched : content } }),
    responses: { '200': { description: 'OK', content } },
  };
}

const operations = (definition: KindDefinition, offered: Operation[], schema: string) =>
  Object.fromEntries(
    offered
      .filter(({ verb }) => definition.verbs.includes(verb))
      .map((offer) => [offer.method, operation(definition, offer, offer.action === 'list' ? `${schema}List` : schema)]),
  );

/** The paths of a kind: its collection and its objects. */
export function pathsOf(definition: KindDefinition, schema: string): Record<string, unknown> {
  const { group, version, plural, namespaced } = definition;
  const base = group ? `/apis/${group}/${version}` : `/api/${version}`;
  const collection = `${base}${namespaced ? '/namespaces/{namespace}' : ''}/${plural}`;
  const inNamespace = namespaced ? [pathParameter('namespace')] : [];
  return {
    [collection]: { ...operations(definition, COLLECTION, schema), parameters: inNamespace },
    [`${collection}/{name}`]: {
      ...operations(definition, OBJECT, schema),
      parameters: [...inNamespace, pathParameter('name')],
    },
  };
}
