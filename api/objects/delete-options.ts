import type { Request } from 'express';
import { z } from 'zod';
import type { Propagation } from '../deletion/dependents.js';
import { badRequest } from '../http/api-error.js';
import { parameter } from '../http/query.js';
import { isDryRun } from '../http/write-query.js';

const policy = z.enum(['Orphan', 'Background', 'Foreground']);

const schema = z.looseObject({
  dryRun: z.array(z.literal('All')).optional(),
  propagationPolicy: policy.optional(),
  orphanDependents: z.boolean().optional(),
  preconditions: z.object({ uid: z.string().optional(), resourceVersion: z.string().optional() }).optional(),
});

export interface DeleteOptions {
  dryRun: boolean;
  /** What becomes of the objects that would go with this one. */
  propagation: Propagation;
  uid?: string;
  resourceVersion?: string;
}

/** Options of a DELETE, from its query or its body. Grace periods have no meaning for the kinds served here. */
export function readDeleteOptions(request: Request): DeleteOptions {
  const body = schema.safeParse(request.body ?? {});
  if (!body.success) throw badRequest(`the body is not a valid DeleteOptions object: ${z.prettifyError(body.error)}`);
  const { dryRun, preconditions, orphanDependents, propagationPolicy } = body.data;
  return {
    dryRun: isDryRun(dryRun?.[0] ?? parameter(request, 'dryRun')),
    propagation: propagationPolicy ?? fromQuery(request) ?? (orphanDependents ? 'Orphan' : 'Background'),
    ...preconditions,
  };
}

function fromQuery(request: Request): Propagation | undefined {
  const wanted = policy.optional().safeParse(parameter(request, 'propagationPolicy'));
  if (!wanted.success) throw badRequest(`propagationPolicy must be one of ${policy.options.join(', ')}`);
  return wanted.data;
}
