import { gzip } from 'node:zlib';
import type { Request, Response } from 'express';
import { stringify } from 'yaml';
import type { ListPage } from '../../migrations-db/migration-store.js';
import { apiVersionOf } from '../../resources/kinds/index.js';
import type { KindDefinition } from '../../resources/meta/kind-definition.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { flag } from '../http/query.js';
import { negotiate } from './negotiate.js';
import { partialMetadata, partialMetadataList } from './partial.js';
import { toTable } from './table.js';

/** Answers with one object, in the form the client asked for. */
export function respondObject(
  request: Request,
  response: Response,
  definition: KindDefinition,
  object: KubeObject,
  code = 200,
): void {
  const { table, partial } = negotiate(request);
  const { resourceVersion } = object.metadata;
  const whole = partial ? partialMetadata(object) : object;
  respond(request, response, table ? toTable(definition, [object], { resourceVersion }, table) : whole, code);
}

/** Answers with a list, in the form the client asked for. */
export function respondList(request: Request, response: Response, definition: KindDefinition, page: ListPage): void {
  respond(request, response, listBody(request, definition, page));
}

/** A list in the form the client asked for. */
export function listBody(request: Request, definition: KindDefinition, page: ListPage): Record<string, unknown> {
  const { table, partial } = negotiate(request);
  const metadata = {
    resourceVersion: page.resourceVersion,
    continue: page.continueToken,
    remainingItemCount: page.remaining,
  };
  if (table) return toTable(definition, page.items, metadata, table);
  if (partial) return partialMetadataList(page.items, metadata);
  return { kind: `${definition.kind}List`, apiVersion: apiVersionOf(definition), metadata, items: page.items };
}

/** Answers with any value, as JSON or YAML. */
export function respond(request: Request, response: Response, body: unknown, code = 200): void {
  response.status(code);
  if (negotiate(request).format === 'yaml') {
    sendText(request, response, 'application/yaml', stringify(body, { aliasDuplicateObjects: false }));
  } else {
    sendText(request, response, 'application/json', JSON.stringify(body, undefined, flag(request, 'pretty') ? 2 : 0));
  }
}

/** Kubernetes' own threshold: below it packing costs more than it saves. */
const WORTH_PACKING = 128 * 1024;

/** Sends an answer, packed when it is large and the client can unpack it. */
export function sendText(request: Request, response: Response, type: string, text: string): void {
  response.type(type);
  if (
    text.length < WORTH_PACKING ||
    !/\bgzip\b(?!;\s*q=0(?:\.0*)?(?:,|$))/.test(request.headers['accept-encoding'] ?? '')
  ) {
    response.send(text);
    return;
  }
  response.vary('Accept-Encoding');
  // As fast as can be: most of what is won is won at this level.
  gzip(text, { level: 1 }, (error, packed) => {
    if (error) return response.destroy(error);
    response.setHeader('Content-Encoding', 'gzip');
    response.end(packed);
  });
}
