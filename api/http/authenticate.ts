import type { NextFunction, Request, Response } from 'express';
import { ApiError } from './api-error.js';
import { FailedLogins } from './failed-logins.js';
import { pathOf } from './path-of.js';
import type { Caller } from './roles.js';

const OPEN_PATHS: ReadonlySet<string> = new Set(['/healthz', '/livez', '/readyz']);

const callers = new WeakMap<Request, Caller>();

/** Undefined for the probes, which ask for no token. */
export const callerOf = (request: Request): Caller | undefined => callers.get(request);

/** Who writes: probes do not. */
export function actorOf(request: Request): Caller {
  const caller = callers.get(request);
  if (caller) return caller;
  throw unauthorized();
}

/** Middleware: 401 for everything but the health checks, unless the request carries a bearer token that is known. */
export function authenticate(tokens: { callerOf(token: string): Caller | undefined }) {
  const failed = new FailedLogins();
  return (request: Request, _response: Response, next: NextFunction): void => {
    const [, given] = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
    const caller = given === undefined ? undefined : tokens.callerOf(given);
    if (caller) callers.set(request, caller);
    if (!caller && !OPEN_PATHS.has(pathOf(request))) {
      const seconds = failed.add(request.socket.remoteAddress ?? '');
      next(seconds === undefined ? unauthorized() : tooMany(seconds));
    } else if (Object.keys(request.headers).some((name) => name.startsWith('impersonate-'))) {
      next(
        new ApiError(403, 'Forbidden', 'impersonation is not offered: leave out --as and other Impersonate- headers'),
      );
    } else {
      next();
    }
  };
}

const unauthorized = (): ApiError =>
  new ApiError(401, 'Unauthorized', 'Unauthorized: send the header "Authorization: Bearer <token>"');

const tooMany = (retryAfterSeconds: number): ApiError =>
  new ApiError(429, 'TooManyRequests', 'too many requests without a valid token from this address; try again later', {
    retryAfterSeconds,
  });
