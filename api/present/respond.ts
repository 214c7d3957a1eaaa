import type { Request, Response } from 'express';
import { stringify } from 'yaml';
import type { ListPage } from '../../migrations-db/migration-store.js';
import { apiVersionOf } from '../../resources/kinds/index.js';
import type { KindDefinition } from '../../resources/meta/kind-definition.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { negotiate } from './negotiate.js';
import { toTable } from './table.js';

/** Answers with one object, in the form the client asked for. */
export function respondObject(
  request: Request,
  response: Response,
  definition: KindDefinition,
  object: KubeObject,
  code = 200,
): void {
  const { table } = negotiate(request);
  const { resourceVersion } = object.metadata;
  respond(request, response, table ? toTable(definition, [object], { resourceVersion }, table) : object, code);
}

/** Answers with a list, in the form the client asked for. */
export function respondList(request: Request, response: Response, definition: KindDefinition, page: ListPage): void {
  respond(request, response, listBody(request, definition, page));
}

/** A list in the form the client asked for. */
export function listBody(request: Request, definition: KindDefinition, page: ListPage): Record<string, unknown> {
  const { table } = negotiate(request);
  const metadata = {
    resourceVersion: page.resourceVersion,
    continue: page.continueToken,
    remainingItemCount: page.remaining,
  };
  if (table) return toTable(definition, page.items, metadata, table);
  return { kind: `${definition.kind}List`, apiVersion: apiVersionOf(definition), metadata, items: page.items };
}

/** Answers with any value, as JSON or YAML. */
export function respond(request: Request, response: Response, body: unknown, code = 200): void {
  response.status(code);
  if (negotiate(request).format === 'yaml') {
    response.type('application/yaml').send(stringify(body, { aliasDuplicateObjects: false }));
  } else {
    response.json(body);
  }
}

/** Adds a message that kubectl prints as `Warning: …`. */
export function warnClient(response: Response, message: string): void {
  const text = message.replaceAll(/[\r\n]+/g, ' ').replaceAll(/["\\]/g, '\\$&');
  // Header values are Latin-1; what is not goes as a question mark.
  response.append('Warning', `299 - "${text.replaceAll(/[^\x20-\x7e]/g, '?')}"`);
}
