import { Controller, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { badRequest } from '../http/api-error.js';
import { actorOf } from '../http/authenticate.js';
import { pathOf } from '../http/path-of.js';
import { REVIEWS } from '../http/resource-path.js';
import { type Caller, readsPath } from '../http/roles.js';
import { respond } from '../present/respond.js';
import { mayDo, rulesOf } from './access.js';

const text = z.string().optional();

const accessSpec = z
  .looseObject({
    resourceAttributes: z
      .looseObject({ verb: text, group: text, resource: text, subresource: text, namespace: text, name: text })
      .optional(),
    nonResourceAttributes: z.looseObject({ path: text, verb: text }).optional(),
  })
  .refine(
    (spec) => !spec.resourceAttributes !== !spec.nonResourceAttributes,
    'exactly one of resourceAttributes and nonResourceAttributes must be given',
  );

/** What clients ask about themselves: `kubectl auth can-i`, `kubectl auth whoami`, and libraries before they begin. */
@Controller()
export class ReviewController {
  @Post(Object.keys(REVIEWS))
  review(@Req() request: Request, @Res() response: Response): void {
    const path = pathOf(request) as keyof typeof REVIEWS;
    const kind = REVIEWS[path];
    const [, , group, version] = path.split('/');
    const { spec } = readBody(request.body, kind);
    const answer = {
      kind,
      apiVersion: `${group}/${version}`,
      metadata: {},
      spec,
      status: statusOf(kind, spec, actorOf(request)),
    };
    respond(request, response, answer, 201);
  }
}

function readBody(body: unknown, kind: string): { spec?: unknown } {
  const read = z.looseObject({ kind: z.literal(kind).optional(), spec: z.unknown().optional() }).safeParse(body);
  if (!read.success) throw badRequest(`the body is not a ${kind}`);
  return read.data;
}

function statusOf(kind: (typeof REVIEWS)[keyof typeof REVIEWS], spec: unknown, caller: Caller): object {
  switch (kind) {
    case 'SelfSubjectReview':
      return { userInfo: { username: caller.name, groups: [`mtc:${caller.role}`, 'system:authenticated'] } };
    case 'SelfSubjectRulesReview':
      return {
        resourceRules: rulesOf(caller.role),
        nonResourceRules: [{ verbs: ['get'], nonResourceURLs: [caller.role === 'metrics' ? '/metrics' : '*'] }],
        incomplete: false,
      };
    case 'SelfSubjectAccessReview':
      return accessStatus(spec, caller);
  }
}

function accessStatus(spec: unknown, { role }: Caller): object {
  const read = accessSpec.safeParse(spec ?? {});
  if (!read.success) throw badRequest(`spec: ${read.error.issues[0]?.message}`);
  const { resourceAttributes, nonResourceAttributes } = read.data;
  if (!resourceAttributes) {
    const { verb, path = '' } = nonResourceAttributes ?? {};
    return verb === 'get' && readsPath(role, path) ? { allowed: true } : { allowed: false, reason: NOT_OFFERED };
  }
  if (mayDo(role, resourceAttributes)) return { allowed: true };
  const reason = mayDo('admin', resourceAttributes) ? `role ${role} does not allow it` : NOT_OFFERED;
  return { allowed: false, reason };
}

const NOT_OFFERED = 'it is not offered here';
