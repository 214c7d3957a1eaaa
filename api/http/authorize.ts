import type { NextFunction, Request, Response } from 'express';
import type { KindDefinition } from '../../resources/meta/kind-definition.js';
import { ApiError, forbidden } from './api-error.js';
import { callerOf } from './authenticate.js';
import { pathOf } from './path-of.js';
import { flag } from './query.js';
import { kindAt, REVIEWS } from './resource-path.js';
import { type Caller, readsPath, verbsFor } from './roles.js';

const READS = ['GET', 'HEAD', 'OPTIONS'];

/** Middleware: 403 for what the role of the caller does not allow. What is served nowhere, and verbs that are not, are refused later. */
export function authorize(request: Request, _response: Response, next: NextFunction): void {
  const caller = callerOf(request);
  const path = pathOf(request);
  // The probes, which are open, and what everyone may ask about themselves.
  const kind = kindAt(path);
  const refused =
    !caller || path in REVIEWS
      ? undefined
      : kind
        ? refusedObject(request, caller, path, kind)
        : refusedPath(request, caller, path);
  next(refused);
}

function refusedPath({ method }: Request, { name, role }: Caller, path: string): ApiError | undefined {
  // Writes are refused everywhere but at objects and reviews.
  if (!READS.includes(method) || readsPath(role, path)) return undefined;
  return new ApiError(403, 'Forbidden', `forbidden: User "${name}" cannot get path "${path}"`);
}

function refusedObject(
  request: Request,
  { name: user, role }: Caller,
  path: string,
  kind: KindDefinition,
): ApiError | undefined {
  const { namespace, name, part } = partsOf(path, kind);
  const verb = verbOf(request, name);
  if (verbsFor(role, kind, [verb]).includes(verb)) return undefined;
  return forbidden(kind, { user, verb, namespace, name, part });
}

/** What stands behind the plural of the kind, and the namespace before it. */
function partsOf(path: string, { plural, namespaced }: KindDefinition) {
  const words = path.split('/').filter(Boolean);
  const prefix = words[0] === 'api' ? 2 : 3;
  const inNamespace = namespaced && words[prefix] === 'namespaces' && words.length > prefix + 2;
  const at = inNamespace ? prefix + 2 : words.indexOf(plural, prefix);
  return { namespace: inNamespace ? words[prefix + 1] : undefined, name: words[at + 1], part: words[at + 2] };
}

function verbOf(request: Request, name: string | undefined): string {
  switch (request.method) {
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return name ? 'delete' : 'deletecollection';
    default:
      if (flag(request, 'watch')) return 'watch';
      return name ? 'get' : 'list';
  }
}
