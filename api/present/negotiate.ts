import type { Request } from 'express';
import { ApiError, invalidParameter } from '../http/api-error.js';
import { parameter } from '../http/query.js';
import type { IncludeObject } from './table.js';

/** The form a client wants its answer in. */
export interface Presentation {
  format: 'json' | 'yaml';
  /** Set when the client asked for a table of rows to print. */
  table?: IncludeObject;
}

const FORMATS: Record<string, Presentation['format']> = {
  'application/json': 'json',
  'application/*': 'json',
  '*/*': 'json',
  'application/yaml': 'yaml',
};

const INCLUDE: readonly IncludeObject[] = ['None', 'Metadata', 'Object'];

/** Takes the first form of the Accept header that is offered. 406 when none is. */
export function negotiate(request: Request): Presentation {
  const accept = request.headers.accept || '*/*';
  for (const choice of accept.split(',')) {
    const [mediaType = '', ...parameters] = choice.split(';').map((part) => part.trim().toLowerCase());
    const format = FORMATS[mediaType];
    const form = parameters.find((entry) => entry.startsWith('as='));
    if (format && form === undefined) return { format };
    if (format && form === 'as=table' && parameters.includes('g=meta.k8s.io'))
      return { format, table: include(request) };
  }
  throw new ApiError(406, 'NotAcceptable', `${accept} is not offered; ask for application/json or application/yaml`);
}

function include(request: Request): IncludeObject {
  const wanted = parameter(request, 'includeObject') ?? 'Metadata';
  const known = INCLUDE.find((value) => value === wanted);
  if (!known) throw invalidParameter('includeObject', `must be one of ${INCLUDE.join(', ')}`);
  return known;
}
