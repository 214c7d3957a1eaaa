import { S3ServiceException } from '@aws-sdk/client-s3';
import { type ConnectionSubject, explainConnectionCode } from '../resources/meta/connection-failures.js';
import { FAILURE, type FailureReport, StepFailure } from '../resources/meta/failure.js';
import { shownAddress } from '../resources/meta/user-info.js';
import type { StorageAccess } from './object-store.js';

type Explanation = Pick<FailureReport, 'type' | 'why' | 'next'>;

const BAD_KEY: Explanation = {
  type: FAILURE.CredentialsRejected,
  why: 'The store does not know the access key.',
  next: 'Put the right aws-access-key-id into the Secret, or create the key in the store.',
};
const BAD_SECRET: Explanation = {
  type: FAILURE.CredentialsRejected,
  why: 'The secret does not belong to the access key.',
  next: 'Put the aws-secret-access-key of that access key into the Secret; check it for spaces and line breaks.',
};
const NO_BUCKET: Explanation = {
  type: FAILURE.NotFound,
  why: 'There is no bucket of this name.',
  next: 'Create the bucket, or correct spec.backupStorageConfig.awsBucketName.',
};
const WRONG_REGION: Explanation = {
  type: FAILURE.Refused,
  why: 'The bucket is in another region.',
  next: 'Set spec.backupStorageConfig.awsRegion to the region of the bucket.',
};
const FORBIDDEN: Explanation = {
  type: FAILURE.Forbidden,
  why: 'The access key is known but has no right to do this.',
  next: 'Give it s3:PutObject, s3:GetObject, s3:DeleteObject and s3:ListBucket on the bucket.',
};
const CLOCKS: Explanation = {
  type: FAILURE.Refused,
  why: 'The clocks of this service and of the store differ too much.',
  next: 'Synchronize both with a time server.',
};
const OVERLOADED: Explanation = {
  type: FAILURE.Unreachable,
  why: 'The store answers that it cannot serve the request now.',
  next: 'It is retried automatically; if this persists, check the health and load of the store.',
};
const FULL: Explanation = {
  type: FAILURE.Refused,
  why: 'The store has no space left, or the quota of the bucket is used up.',
  next: 'Free space or raise the quota.',
};

const CHECK_ADDRESS = 'Check that spec.backupStorageConfig.awsS3Url is the address of a store that speaks S3.';

/** By the error code of S3. */
const REFUSALS: Record<string, Explanation> = {
  InvalidAccessKeyId: BAD_KEY,
  InvalidToken: BAD_KEY,
  // versitygw
  XAdminUserNotFound: BAD_KEY,
  SignatureDoesNotMatch: BAD_SECRET,
  NoSuchBucket: NO_BUCKET,
  InvalidBucketName: NO_BUCKET,
  PermanentRedirect: WRONG_REGION,
  AuthorizationHeaderMalformed: WRONG_REGION,
  IllegalLocationConstraintException: WRONG_REGION,
  AccessDenied: FORBIDDEN,
  AllAccessDisabled: FORBIDDEN,
  RequestTimeTooSkewed: CLOCKS,
  SlowDown: OVERLOADED,
  ServiceUnavailable: OVERLOADED,
  InternalError: OVERLOADED,
  QuotaExceeded: FULL,
  InsufficientStorage: FULL,
  XMinioStorageFull: FULL,
};

/** What an operator is told when a call to the store failed. The store's own text is left out: it may quote what was signed. */
export function s3Failure(error: unknown, verb: string, { name, spec }: StorageAccess): StepFailure {
  const { awsBucketName, awsS3Url } = spec.backupStorageConfig;
  const address = awsS3Url ? shownAddress(awsS3Url) : 'the S3 service of AWS';
  return new StepFailure({
    ...explain(error, address),
    what: `Cannot ${verb} objects in bucket ${awsBucketName}`,
    where: `MigStorage ${name}, ${address}`,
  });
}

function explain(error: unknown, address: string): Explanation {
  if (error instanceof S3ServiceException) {
    const status = error.$metadata.httpStatusCode ?? 0;
    return REFUSALS[error.name] ?? byStatus(status, error.name);
  }
  const status = answeredWith(error);
  if (status !== undefined) {
    return {
      type: status >= 500 ? FAILURE.Unreachable : FAILURE.Refused,
      why: `${address} answered with status ${status} and a text that is not S3's.`,
      next: CHECK_ADDRESS,
    };
  }
  const subject: ConnectionSubject = {
    address,
    urlField: 'spec.backupStorageConfig.awsS3Url',
    caField: 'spec.backupStorageConfig.s3CustomCABundle',
    insecureField: 'spec.backupStorageConfig.insecure: true',
  };
  const code = connectionCode(error);
  const failure = explainConnectionCode(code, subject);
  return {
    type: FAILURE.Unreachable,
    why: `${failure?.why ?? `${address} gave no usable answer (${code})`}.`,
    next: failure?.advice ?? CHECK_ADDRESS,
  };
}

function byStatus(status: number, code: string): Explanation {
  if (status === 403) {
    return FORBIDDEN;
  }
  if (status === 429 || status >= 500) {
    return OVERLOADED;
  }
  return {
    type: FAILURE.Refused,
    why: `The store refused with ${code} (${status}).`,
    next: CHECK_ADDRESS,
  };
}

/** HTTP status of an answer that the SDK could not read, e.g. a page of a web server. */
function answeredWith(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

/** The SDK names time-outs, Node gives codes. */
function connectionCode(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return connectionCode(error.errors[0]);
  }
  if (error instanceof Error && error.name === 'TimeoutError') {
    return 'UND_ERR_CONNECT_TIMEOUT';
  }
  return error instanceof Error && 'code' in error ? String(error.code) : 'no error code';
}
