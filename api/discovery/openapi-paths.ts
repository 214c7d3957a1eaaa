import type { KindDefinition } from '../../resources/meta/kind-definition.js';
import { DELETE_PARAMETERS, FORCE, LIST_PARAMETERS, pathParameter, WRITE_PARAMETERS } from './openapi-parameters.js';

interface Operation {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  verb: string;
  /** The value of x-kubernetes-action. */
  action: string;
  /** Answers with a list. */
  list?: boolean;
}

const LIST: Operation = { method: 'get', verb: 'list', action: 'list', list: true };

const COLLECTION: Operation[] = [
  LIST,
  { method: 'post', verb: 'create', action: 'post' },
  { method: 'delete', verb: 'deletecollection', action: 'deletecollection', list: true },
];

const GET: Operation = { method: 'get', verb: 'get', action: 'get' };
const PUT: Operation = { method: 'put', verb: 'update', action: 'put' };
const PATCH: Operation = { method: 'patch', verb: 'patch', action: 'patch' };

const OBJECT: Operation[] = [GET, PUT, PATCH, { method: 'delete', verb: 'delete', action: 'delete' }];

/** Names of schemas. */
export interface Schemas {
  object: string;
  list: string;
  status: string;
  deleteOptions: string;
}

const reference = (name: string) => ({ schema: { $ref: `#/components/schemas/${name}` } });
const json = (name: string) => ({ 'application/json': reference(name) });

function requestBody({ group }: KindDefinition, { method }: Operation, schemas: Schemas): object | undefined {
  switch (method) {
    case 'post':
    case 'put':
      return { required: true, content: json(schemas.object) };
    case 'patch': {
      const object = { schema: { type: 'object' } };
      const content = {
        'application/json-patch+json': { schema: { type: 'array', items: { type: 'object' } } },
        'application/merge-patch+json': object,
        'application/apply-patch+yaml': object,
        ...(group === '' && { 'application/strategic-merge-patch+json': object }),
      };
      return { required: true, content };
    }
    case 'delete':
      return { content: json(schemas.deleteOptions) };
    default:
      return undefined;
  }
}

function parametersOf({ method, list }: Operation): object[] {
  if (method === 'delete') return list ? [...LIST_PARAMETERS, ...DELETE_PARAMETERS] : DELETE_PARAMETERS;
  if (method === 'get') return list ? LIST_PARAMETERS : [];
  return method === 'patch' ? [...WRITE_PARAMETERS, FORCE] : WRITE_PARAMETERS;
}

/** A deleted object is answered with a Status, one that has yet to go with itself. */
function successOf({ method, list }: Operation, schemas: Schemas): object {
  if (method === 'post') return { '201': { description: 'Created', content: json(schemas.object) } };
  const schema = list ? schemas.list : method === 'delete' ? schemas.status : schemas.object;
  return { '200': { description: 'OK', content: json(schema) } };
}

function operation(definition: KindDefinition, offered: Operation, schemas: Schemas, where = '') {
  const { group, version, kind } = definition;
  const body = requestBody(definition, offered, schemas);
  return {
    operationId: `${offered.action}${kind}${where}`,
    'x-kubernetes-action': offered.action,
    'x-kubernetes-group-version-kind': { group, version, kind },
    parameters: parametersOf(offered),
    ...(body && { requestBody: body }),
    responses: {
      ...successOf(offered, schemas),
      default: { description: 'Why it was not done.', content: json(schemas.status) },
    },
  };
}

const operations = (definition: KindDefinition, offered: Operation[], schemas: Schemas, where?: string) =>
  Object.fromEntries(
    offered
      .filter(({ verb }) => definition.verbs.includes(verb))
      .map((offer) => [offer.method, operation(definition, offer, schemas, where)]),
  );

/** What is served beside status is read as text or JSON of its own, and asked for without a body. */
function subresourcePaths(definition: KindDefinition, object: string, parameters: object[], schemas: Schemas) {
  const { group, version, kind, subresources = {} } = definition;
  return Object.entries(subresources).map(([name, verbs]): [string, object] => {
    const methods = verbs.map((verb): [string, object] => [
      verb === 'create' ? 'post' : 'get',
      {
        operationId: `${verb}${kind}${name}`,
        'x-kubernetes-action': verb === 'create' ? 'post' : 'get',
        'x-kubernetes-group-version-kind': { group, version, kind },
        responses: {
          '200': { description: 'OK' },
          default: { description: 'Why it was not done.', content: json(schemas.status) },
        },
      },
    ]);
    return [`${object}/${name}`, { ...Object.fromEntries(methods), parameters }];
  });
}

/** The paths of a kind: its collection, in one namespace and over all, its objects, and what is below these. */
export function pathsOf(definition: KindDefinition, schemas: Schemas): Record<string, unknown> {
  const { group, version, plural, namespaced, hasStatus } = definition;
  const base = group ? `/apis/${group}/${version}` : `/api/${version}`;
  const collection = `${base}${namespaced ? '/namespaces/{namespace}' : ''}/${plural}`;
  const object = `${collection}/{name}`;
  const inNamespace = namespaced ? [pathParameter('namespace')] : [];
  const ofObject = [...inNamespace, pathParameter('name')];
  return {
    ...(namespaced && { [`${base}/${plural}`]: operations(definition, [LIST], schemas, 'ForAllNamespaces') }),
    [collection]: { ...operations(definition, COLLECTION, schemas), parameters: inNamespace },
    [object]: { ...operations(definition, OBJECT, schemas), parameters: ofObject },
    ...(hasStatus && {
      [`${object}/status`]: { ...operations(definition, [GET, PUT, PATCH], schemas, 'Status'), parameters: ofObject },
    }),
    ...Object.fromEntries(subresourcePaths(definition, object, ofObject, schemas)),
  };
}
