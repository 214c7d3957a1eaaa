import type { Request } from 'express';
import { ApiError, badRequest, invalidParameter } from './api-error.js';
import { parameter } from './query.js';

/** How new a list must be. */
export interface RevisionWish {
  revision: string;
  exact: boolean;
}

const MATCHES = ['Exact', 'NotOlderThan'];

/** @throws ApiError 400 */
export function revisionParameter(request: Request): string | undefined {
  const revision = parameter(request, 'resourceVersion');
  if (revision === undefined || /^\d{1,18}$/.test(revision)) return revision;
  throw badRequest(`resourceVersion: ${JSON.stringify(revision.slice(0, 60))} is not a resourceVersion`);
}

/**
 * `resourceVersion` and `resourceVersionMatch` of a list, by the rules of Kubernetes.
 *
 * @throws ApiError 400, 422
 */
export function readRevisionWish(request: Request): RevisionWish | undefined {
  const revision = revisionParameter(request);
  const match = parameter(request, 'resourceVersionMatch');
  if (match !== undefined) {
    const field = 'resourceVersionMatch';
    if (!MATCHES.includes(match)) throw invalidParameter(field, `must be one of ${MATCHES.join(', ')}`);
    if (revision === undefined) throw invalidParameter(field, 'is forbidden unless resourceVersion is given');
    if (parameter(request, 'continue')) throw invalidParameter(field, 'is forbidden when continue is given');
    if (match === 'Exact' && revision === '0')
      throw invalidParameter(field, 'cannot be Exact with resourceVersion "0"');
  }
  return revision === undefined ? undefined : { revision, exact: match === 'Exact' };
}

/**
 * What is stored is read as it is now: only what is not older than that, or the very same, can be had.
 *
 * @throws ApiError 410 for a state that is past, 504 for one that is still to come
 */
export function refuseOtherRevision({ revision, exact }: RevisionWish, current: string): void {
  if (BigInt(revision) > BigInt(current)) {
    throw new ApiError(504, 'Timeout', `Too large resource version: ${revision}, current: ${current}`, {
      retryAfterSeconds: 1,
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    });
  }
  if (exact && BigInt(revision) < BigInt(current)) {
    throw new ApiError(410, 'Expired', `The resourceVersion for the provided list is too old: ${revision}`);
  }
}
