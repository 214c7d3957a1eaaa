import { HttpException } from '@nestjs/common';
import { StoreError } from '../../migrations-db/migration-store.js';
import { SelectorError } from '../../resources/meta/selectors.js';
import { ApiError, type StatusDetails } from './api-error.js';

export interface Status {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: Record<string, never>;
  status: 'Success' | 'Failure';
  message?: string;
  reason?: string;
  details?: StatusDetails;
  code: number;
}

/** Seconds a client waits before it asks again while the database is away. */
const RETRY_AFTER_SECONDS = 2;

const failure = (code: number, reason: string, message: string, details?: StatusDetails): Status => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason,
  details,
  code,
});

const STORE_FAILURES: Record<StoreError['reason'], { code: number; reason: string }> = {
  NotFound: { code: 404, reason: 'NotFound' },
  AlreadyExists: { code: 409, reason: 'AlreadyExists' },
  Conflict: { code: 409, reason: 'Conflict' },
  Gone: { code: 410, reason: 'Expired' },
  Invalid: { code: 422, reason: 'Invalid' },
  Unavailable: { code: 503, reason: 'ServiceUnavailable' },
  TimedOut: { code: 504, reason: 'Timeout' },
};

/** What the client is told of an error. Anything unexpected is a 500 that gives nothing away. */
export function statusOf(error: unknown): Status {
  if (error instanceof ApiError) return failure(error.httpStatus, error.reason, error.message, error.details);
  if (error instanceof StoreError) {
    const { code, reason } = STORE_FAILURES[error.reason];
    if (error.reason === 'TimedOut') {
      const message =
        'the database did not finish the query in time; ask for less at once (limit, selectors) or try again';
      return failure(code, reason, message, { retryAfterSeconds: RETRY_AFTER_SECONDS });
    }
    if (code !== 503) return failure(code, reason, error.message);
    return failure(code, reason, 'the database cannot be reached; try again', {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }
  if (error instanceof SelectorError) return failure(400, 'BadRequest', error.message);
  if (error instanceof HttpException) {
    return error.getStatus() === 404
      ? failure(404, 'NotFound', 'the server could not find the requested resource')
      : failure(error.getStatus(), 'BadRequest', error.message);
  }
  return failure(500, 'InternalError', 'an internal error occurred; the log of the service has the cause');
}

export const success = (details: StatusDetails): Status => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  details,
  code: 200,
});
