import type { Request } from 'express';
import { z } from 'zod';
import { badRequest } from '../http/api-error.js';
import { parameter } from '../http/query.js';
import { isDryRun } from '../http/write-query.js';

const schema = z.looseObject({
  dryRun: z.array(z.literal('All')).optional(),
  propagationPolicy: z.enum(['Orphan', 'Background', 'Foreground']).optional(),
  preconditions: z.object({ uid: z.string().optional(), resourceVersion: z.string().optional() }).optional(),
});

export interface DeleteOptions {
  dryRun: boolean;
  /** Keep the objects that would be deleted with this one. */
  orphan: boolean;
  uid?: string;
  resourceVersion?: string;
}

/** Options of a DELETE, from its query or its body. Grace periods have no meaning for the kinds served here. */
export function readDeleteOptions(request: Request): DeleteOptions {
  const body = schema.safeParse(request.body ?? {});
  if (!body.success) throw badRequest(`the body is not a valid DeleteOptions object: ${z.prettifyError(body.error)}`);
  const { dryRun, preconditions, propagationPolicy = parameter(request, 'propagationPolicy') } = body.data;
  return {
    dryRun: isDryRun(dryRun?.[0] ?? parameter(request, 'dryRun')),
    orphan: propagationPolicy === 'Orphan',
    ...preconditions,
  };
}
