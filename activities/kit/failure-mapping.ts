import { ApplicationFailure, CancelledFailure } from '@temporalio/activity';
import { KubernetesApiError } from '../../clusters/kubernetes-api-error.js';
import { isPassing } from '../../migrations-db/migration-store.js';
import {
  FAILURE,
  type FailureReport,
  type FailureType,
  FINAL_FAILURES,
  StepFailure,
} from '../../resources/meta/failure.js';

/**
 * One table for all activities: 401 waits for new credentials; 403, 404 and refusals are final except where the wait expects them (it
 * then never throws them); conflicts, 429, 5xx and broken connections are retried.
 */
export function toApplicationFailure(error: unknown): Error {
  if (error instanceof CancelledFailure || error instanceof ApplicationFailure) return error;
  if (error instanceof StepFailure) return applicationFailure(error.report, error);
  if (error instanceof KubernetesApiError) return applicationFailure(reportOf(error), error, error.details.retryAfter);
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
  // A defect or an unforeseen state: retried, since a restarted worker or a new version may do better.
  return error instanceof Error ? error : new Error(String(error));
}

function applicationFailure(report: FailureReport, cause: Error, retryAfterSeconds?: number): ApplicationFailure {
  return ApplicationFailure.create({
    message: cause.message,
    type: report.type,
    nonRetryable: FINAL_FAILURES.includes(report.type),
    details: [report],
    nextRetryDelay: retryAfterSeconds === undefined ? undefined : retryAfterSeconds * 1_000,
  });
}

function reportOf(error: KubernetesApiError): FailureReport {
  const { cluster, verb, path } = error.details;
  return {
    type: typeOf(error),
    what: `The cluster's API refused or failed to ${verb} ${path}`,
    where: `cluster ${cluster}`,
    why: error.message,
    next: ADVICE[typeOf(error)] ?? 'Mend what the message names and start the migration again.',
  };
}

function typeOf(error: KubernetesApiError): FailureType {
  if (error.retryable) return FAILURE.Unreachable;
  if (error.code === 401) return FAILURE.CredentialsRejected;
  if (error.code === 403) return FAILURE.Forbidden;
  if (error.code === 404) return FAILURE.NotFound;
  return FAILURE.Refused;
}

const ADVICE: Partial<Record<FailureType, string>> = {
  [FAILURE.Unreachable]: 'The call is tried again; see that the API server can be reached from this service.',
  [FAILURE.CredentialsRejected]: "Put a valid token into the cluster's Secret; the run then goes on by itself.",
  [FAILURE.Forbidden]:
    "Give the cluster's service account the right named here (npm run prepare-cluster shows them all).",
};
