import type { Request } from 'express';
import { z } from 'zod';
import { badRequest, invalidParameter } from '../http/api-error.js';
import { flag, parameter } from '../http/query.js';
import { isDryRun } from '../http/write-query.js';

const POLICIES = ['Orphan', 'Background', 'Foreground'];

const schema = z.looseObject({
  dryRun: z.array(z.literal('All')).optional(),
  gracePeriodSeconds: z.int().optional(),
  orphanDependents: z.boolean().optional(),
  propagationPolicy: z.string().optional(),
  preconditions: z.object({ uid: z.string().optional(), resourceVersion: z.string().optional() }).optional(),
});

export interface DeleteOptions {
  dryRun: boolean;
  /** Leave the objects that would go with this one. */
  orphan: boolean;
  uid?: string;
  resourceVersion?: string;
}

/** Options of a DELETE, from its query or its body. Grace periods have no meaning for the kinds served here. */
export function readDeleteOptions(request: Request): DeleteOptions {
  const body = schema.safeParse(request.body ?? {});
  if (!body.success)
    throw badRequest(`the body is not a DeleteOptions: ${z.prettifyError(body.error).slice(0, 1_000)}`);
  const { dryRun, preconditions, propagationPolicy = parameter(request, 'propagationPolicy') } = body.data;
  const { orphanDependents = orphanParameter(request) } = body.data;
  if (propagationPolicy !== undefined && !POLICIES.includes(propagationPolicy)) {
    throw invalidParameter('propagationPolicy', `must be one of ${POLICIES.join(', ')}`);
  }
  if (propagationPolicy !== undefined && orphanDependents !== undefined) {
    throw invalidParameter('propagationPolicy', 'cannot be set together with orphanDependents');
  }
  return {
    dryRun: isDryRun(dryRun?.[0] ?? parameter(request, 'dryRun')),
    orphan: propagationPolicy === 'Orphan' || orphanDependents === true,
    ...preconditions,
  };
}

const orphanParameter = (request: Request): boolean | undefined =>
  request.query.orphanDependents === undefined ? undefined : flag(request, 'orphanDependents');
