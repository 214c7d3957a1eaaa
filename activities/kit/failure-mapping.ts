import { ApplicationFailure, CancelledFailure } from '@temporalio/activity';
import { isOtherServerKey, KubernetesApiError } from '../../clusters/kubernetes-api-error.js';
import { REFUSALS } from '../../clusters/refusals.js';
import { isPassing } from '../../migrations-db/migration-store.js';
import { cutText } from '../../resources/meta/cut-text.js';
import {
  FAILURE,
  type FailureReport,
  type FailureType,
  FINAL_FAILURES,
  StepFailure,
} from '../../resources/meta/failure.js';

/** Seconds: as long as the longest pause of the retry policy. A server does not decide how long an application stays down. */
const LONGEST_RETRY_AFTER = 10;

/**
 * One table for all activities: 401 waits for new credentials; 403, 404 and refusals are final except where the wait expects them (it
 * then never throws them) and where they end by themselves, as with a namespace that is being deleted; conflicts, 429, 5xx and broken
 * connections are retried.
 *
 * @param options.unwinds what starts an application again is tried by our own pauses alone, whatever the server asks for
 */
export function toApplicationFailure(error: unknown, { unwinds = false }: { unwinds?: boolean } = {}): Error {
  if (error instanceof CancelledFailure || error instanceof ApplicationFailure) return error;
  if (error instanceof StepFailure) return applicationFailure(error.report, error);
  if (error instanceof KubernetesApiError) {
    const { retryAfter } = error.details;
    const pause = retryAfter === undefined || unwinds ? undefined : Math.min(retryAfter, LONGEST_RETRY_AFTER);
    return applicationFailure(reportOf(error), error, pause);
  }
  if (isPassing(error)) {
    return applicationFailure(
      {
        type: FAILURE.Unreachable,
        what: 'The database did not answer',
        where: 'Postgres',
        why: error.message,
        next: 'The step is tried again until it does.',
      },
      error,
    );
  }
  // A defect or an unforeseen state: retried, since a restarted worker or a new version may succeed.
  return error instanceof Error ? error : new Error(String(error));
}

function applicationFailure(report: FailureReport, cause: Error, retryAfterSeconds?: number): ApplicationFailure {
  return ApplicationFailure.create({
    message: cutText(cause.message),
    type: report.type,
    nonRetryable: FINAL_FAILURES.includes(report.type),
    details: [report],
    nextRetryDelay: retryAfterSeconds === undefined ? undefined : retryAfterSeconds * 1_000,
  });
}

function reportOf(error: KubernetesApiError): FailureReport {
  const { cluster, verb, path } = error.details;
  const refusal = error.refusal && REFUSALS[error.refusal];
  const call = `${verb} ${path}`;
  const advice = isOtherServerKey(error) ? SEND_AGAIN : ADVICE[typeOf(error)];
  return {
    type: typeOf(error),
    what: refusal ? `${refusal.what}: ${call}` : `The cluster's API refused or failed to ${call}`,
    where: `cluster ${cluster}`,
    why: cutText(error.message),
    next: refusal?.next ?? advice ?? 'Fix what the message names and start the migration again.',
  };
}

function typeOf(error: KubernetesApiError): FailureType {
  if (error.code === 401 || isOtherServerKey(error)) return FAILURE.CredentialsRejected;
  if (error.retryable) return FAILURE.Unreachable;
  if (error.refusal === 'missingRight') return FAILURE.Forbidden;
  if (error.code === 404) return FAILURE.NotFound;
  return FAILURE.Refused;
}

const SEND_AGAIN =
  "If the server's key was renewed, write the value of the cluster's Secret again; the run then continues by itself.";

const ADVICE: Partial<Record<FailureType, string>> = {
  [FAILURE.Unreachable]: 'The call is tried again; check that the API server can be reached from this service.',
  [FAILURE.CredentialsRejected]: "Put a valid token into the cluster's Secret; the run then continues by itself.",
};
