import { QueryFailedError, QueryRunnerAlreadyReleasedError } from 'typeorm';
import { StoreError } from './migration-store.js';

/** pg gave up waiting for an answer: the connection still waits for it and cannot be used for anything else. */
export const isUnanswered = (error: unknown): boolean =>
  error instanceof Error && /Query read timeout/.test(error.message);

/** Node's and pg's own failures to reach a server, which carry no SQLSTATE. */
const UNREACHABLE =
  /ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|[Cc]onnection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|not queryable/;

/**
 * SQLSTATEs that tell of the server's state rather than of the statement: 08 connection, 53 out of resources, 57 operator
 * intervention (shut-down, starting up), 58 system error, 55P03 lock time-out, 40 serialization or deadlock,
 * 25P03 idle in transaction, 25006 read-only (a replica after a fail-over).
 */
const UNAVAILABLE = /^((08|40|53|57|58)[0-9A-Z]{3}|55P03|25P03|25006)$/;

/** The statement was given up because it took too long: the server is there. */
const TIMED_OUT = '57014';

/** Text that Postgres cannot hold: a NUL in a string, broken UTF-8 or half a surrogate pair. */
const UNSTORABLE = /^(22P05|22021|22P02)$/;

/** Carries what a caller's own function throws out of a transaction, past everything that looks for failures of the database. */
export class CallerError extends Error {
  constructor(override readonly cause: unknown) {
    super('A function of the caller threw');
  }
}

/** Turns what the driver throws into a {@link StoreError}; what is neither is a defect and stays as it is. */
export function asStoreError(error: unknown): unknown {
  if (error instanceof CallerError) {
    return error.cause;
  }
  if (error instanceof StoreError || !(error instanceof Error)) {
    return error;
  }
  const cause = error instanceof QueryFailedError ? (error.driverError as Error) : error;
  const code = String((cause as { code?: unknown }).code ?? '');
  if (error instanceof QueryRunnerAlreadyReleasedError) {
    return new StoreError('Unavailable', 'The connection to the database broke in the middle of a transaction', {
      cause,
    });
  }
  if (code === TIMED_OUT) {
    return new StoreError('TimedOut', `The database did not finish the query in time: ${cause.message}`, { cause });
  }
  if (UNAVAILABLE.test(code) || UNREACHABLE.test(`${code} ${cause.message}`) || cause instanceof AggregateError) {
    return new StoreError('Unavailable', `The database does not answer: ${cause.message || code}`, { cause });
  }
  if (UNSTORABLE.test(code)) {
    return new StoreError('Invalid', `The database cannot hold this text: ${cause.message}`, { cause });
  }
  return error;
}
