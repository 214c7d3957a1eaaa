import type { Request } from 'express';
import { z } from 'zod';
import type { Propagation } from '../deletion/dependents.js';
import { badRequest, invalidParameter } from '../http/api-error.js';
import { flag, parameter } from '../http/query.js';
import { isDryRun } from '../http/write-query.js';

const policy = z.enum(['Orphan', 'Background', 'Foreground']);

const schema = z.looseObject({
  dryRun: z.array(z.literal('All')).optional(),
  gracePeriodSeconds: z.int().optional(),
  orphanDependents: z.boolean().optional(),
  propagationPolicy: z.string().optional(),
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
  if (!body.success) {
    const why = z.prettifyError(body.error).slice(0, 1_000);
    throw badRequest(`the body is not a valid DeleteOptions object: ${why}`);
  }
  const { dryRun, preconditions, propagationPolicy = parameter(request, 'propagationPolicy') } = body.data;
  const { orphanDependents = orphanParameter(request) } = body.data;
  const wanted = policy.optional().safeParse(propagationPolicy);
  if (!wanted.success) {
    throw invalidParameter('propagationPolicy', `must be one of ${policy.options.join(', ')}`);
  }
  if (wanted.data !== undefined && orphanDependents !== undefined) {
    throw invalidParameter('propagationPolicy', 'cannot be set together with orphanDependents');
  }
  return {
    dryRun: isDryRun(dryRun?.[0] ?? parameter(request, 'dryRun')),
    propagation: wanted.data ?? (orphanDependents ? 'Orphan' : 'Background'),
    ...preconditions,
  };
}

const orphanParameter = (request: Request): boolean | undefined =>
  request.query.orphanDependents === undefined ? undefined : flag(request, 'orphanDependents');
