import type { NextFunction, Request, Response } from 'express';
import { ApiError, invalidParameter } from '../http/api-error.js';
import { parameter } from '../http/query.js';
import type { IncludeObject } from './table.js';

/** The form a client wants its answer in. */
export interface Presentation {
  format: 'json' | 'yaml';
  /** Set when the client asked for a table of rows to print. */
  table?: IncludeObject;
  /** Set when it asked for the metadata of objects only. */
  partial?: boolean;
}

const FORMATS: Record<string, Presentation['format']> = {
  'application/json': 'json',
  'application/*': 'json',
  '*/*': 'json',
  'application/yaml': 'yaml',
};

const INCLUDE: readonly IncludeObject[] = ['None', 'Metadata', 'Object'];

const PARTIAL = ['as=partialobjectmetadata', 'as=partialobjectmetadatalist'];

/** Middleware: a write that could not be answered in any form the client takes is refused before it is done. */
export function negotiateWrites(request: Request, _response: Response, next: NextFunction): void {
  if (!['GET', 'HEAD', 'OPTIONS'].includes(request.method)) negotiate(request);
  next();
}

/** Takes the first form of the Accept header that is offered. 406 when none is. */
export function negotiate(request: Request): Presentation {
  const accept = request.headers.accept || '*/*';
  for (const choice of accept.split(',')) {
    const [mediaType = '', ...parameters] = choice.split(';').map((part) => part.trim().toLowerCase());
    const format = FORMATS[mediaType];
    const form = parameters.find((entry) => entry.startsWith('as='));
    if (format && form === undefined) return { format };
    if (!format || !parameters.includes('g=meta.k8s.io')) continue;
    if (form === 'as=table') return { format, table: include(request) };
    if (PARTIAL.includes(form ?? '')) return { format, partial: true };
  }
  throw new ApiError(
    406,
    'NotAcceptable',
    `${accept.slice(0, 200)} is not offered; ask for application/json or application/yaml`,
  );
}

function include(request: Request): IncludeObject {
  const wanted = parameter(request, 'includeObject') ?? 'Metadata';
  const known = INCLUDE.find((value) => value === wanted);
  if (!known) throw invalidParameter('includeObject', `must be one of ${INCLUDE.join(', ')}`);
  return known;
}
