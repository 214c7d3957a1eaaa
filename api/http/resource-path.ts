import type { NextFunction, Request, Response } from 'express';
import { findResource } from '../../resources/kinds/index.js';
import type { KindDefinition } from '../../resources/meta/kind-definition.js';
import { noSuchPath } from './api-error.js';
import { pathOf } from './path-of.js';

const RESOURCE = /^\/(?:api|apis\/([^/]+))\/([^/]+)\/(?:namespaces\/[^/]+\/)?([^/]+)(?:\/|$)/;
const NAMESPACE = /^\/api\/v1\/namespaces(?:\/[^/]+(?:\/status)?)?$/;

/** The kind whose objects a path is about. */
export function kindAt(path: string): KindDefinition | undefined {
  if (NAMESPACE.test(path)) return findResource('', 'v1', 'namespaces');
  const [, group = '', version = '', plural = ''] = RESOURCE.exec(path) ?? [];
  return findResource(group, version, plural);
}

/** Where what a client asks about itself is posted. */
export const REVIEWS = {
  '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews': 'SelfSubjectAccessReview',
  '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews': 'SelfSubjectRulesReview',
  '/apis/authentication.k8s.io/v1/selfsubjectreviews': 'SelfSubjectReview',
} as const;

/** Middleware: 404 where nothing is served that can be written, before the body is decoded. */
export function refuseUnknownPaths(request: Request, _response: Response, next: NextFunction): void {
  const path = pathOf(request);
  const reads = ['GET', 'HEAD', 'OPTIONS'].includes(request.method);
  next(reads || kindAt(path) || path in REVIEWS ? undefined : noSuchPath());
}
