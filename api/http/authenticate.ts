import { createHash, timingSafeEqual } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import type { Actor } from '../../migrations-db/migration-store.js';
import { ApiError } from './api-error.js';
import { pathOf } from './path-of.js';

const OPEN_PATHS: ReadonlySet<string> = new Set(['/healthz', '/livez', '/readyz']);

/** The holder of the local token. */
export const ADMIN: Actor = { name: 'mtc-admin' };

// Hashes have one length, which timingSafeEqual needs, and give nothing away about that of the token.
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Middleware: 401 for everything but the health checks, unless the request carries the bearer token. */
export function authenticate(token: string) {
  const expected = digest(token);
  return (request: Request, _response: Response, next: NextFunction): void => {
    const [, given] = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
    if (!OPEN_PATHS.has(pathOf(request)) && (given === undefined || !timingSafeEqual(digest(given), expected))) {
      next(new ApiError(401, 'Unauthorized', 'Unauthorized: send the header "Authorization: Bearer <token>"'));
    } else if (Object.keys(request.headers).some((name) => name.startsWith('impersonate-'))) {
      next(
        new ApiError(403, 'Forbidden', 'impersonation is not offered: leave out --as and other Impersonate- headers'),
      );
    } else {
      next();
    }
  };
}
