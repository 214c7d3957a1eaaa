import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { findResource } from '../../resources/kinds/index.js';
import type { KindDefinition } from '../../resources/meta/kind-definition.js';
import { noSuchPath } from './api-error.js';

/** What the path of a request names. */
export interface ResourceTarget {
  definition: KindDefinition;
  /** Empty for cluster-scoped kinds and for all namespaces. */
  namespace: string;
  /** Empty for collections. */
  name: string;
}

/**
 * Finds the kind a path names. The objects of namespaced kinds are below their namespace; only lists and watches may leave it out.
 *
 * @throws ApiError 404
 */
function resolveTarget(params: Record<string, string>): ResourceTarget {
  const { group = '', version = '', plural = '', namespace = '', name = '' } = params;
  const definition = findResource(group, version, plural);
  const misplaced = definition?.namespaced ? namespace === '' && name !== '' : namespace !== '';
  if (!definition || misplaced) throw noSuchPath();
  return { definition, namespace, name };
}

export const Target = createParamDecorator((_: unknown, context: ExecutionContext) =>
  resolveTarget(context.switchToHttp().getRequest<Request>().params as Record<string, string>),
);
