import { lookup } from 'node:dns';
import type { Readable } from 'node:stream';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { AnswerBeyondBounds } from '../resources/meta/answer-beyond-bounds.js';
import { readAtMost } from '../resources/meta/byte-collector.js';
import { FAILURE, StepFailure } from '../resources/meta/failure.js';
import { AddressForbidden, guardedLookup, isForbidden } from '../resources/meta/forbidden-addresses.js';
import { hasUserInfo, shownAddress } from '../resources/meta/user-info.js';
import { boundAnswers } from './bound-answers.js';
import type { CallOptions, ObjectStore, StorageAccess } from './object-store.js';
import { s3Failure } from './s3-failure.js';

/** Region of requests when none is set: stores other than AWS rarely care, AWS names the right one when it refuses. */
const DEFAULT_REGION = 'us-east-1';
const CONNECT_TIMEOUT = 5_000;
const ANSWER_TIMEOUT = 15_000;
const ATTEMPTS = 2;
/** Of a whole call: a store that sends a byte now and then is not waited for. */
const CALL_TIMEOUT = 60_000;

/** Milliseconds; tests have shorter ones. */
export interface StoreTimes {
  answer: number;
  call: number;
}

/**
 * Adapter for provider `aws`: AWS itself and every store that speaks S3. `awsSignatureVersion` has no meaning here: it chose the form of
 * the links Velero signs for downloads, while requests are signed with version 4, the only one that AWS still takes.
 *
 * @throws StepFailure Refused when a setting is missing or cannot be right
 */
export function openS3Store(access: StorageAccess, times: Partial<StoreTimes> = {}): ObjectStore {
  const { answer = ANSWER_TIMEOUT, call: whole = CALL_TIMEOUT } = times;
  const config = access.spec.backupStorageConfig;
  const Bucket = required(access, 'spec.backupStorageConfig.awsBucketName', config.awsBucketName);
  const resolve = guardedLookup(lookup, access);
  const client = new S3Client({
    region: config.awsRegion || DEFAULT_REGION,
    endpoint: config.awsS3Url ? checkedUrl(access, config.awsS3Url) : undefined,
    forcePathStyle: Boolean(config.awsS3Url) || config.awsS3ForcePathStyle,
    credentials: {
      accessKeyId: required(access, 'Secret key aws-access-key-id', access.credentials['aws-access-key-id']),
      secretAccessKey: required(
        access,
        'Secret key aws-secret-access-key',
        access.credentials['aws-secret-access-key'],
      ),
    },
    maxAttempts: ATTEMPTS,
    // Stores other than AWS refuse checksums they do not know.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT,
      requestTimeout: answer,
      throwOnRequestTimeout: true,
      httpAgent: { keepAlive: true, lookup: resolve },
      httpsAgent: {
        lookup: resolve,
        keepAlive: true,
        rejectUnauthorized: !config.insecure,
        // As Go does it: a bundle may also hold an intermediate, or the store's own certificate.
        ...(config.s3CustomCABundle && {
          ca: Buffer.from(config.s3CustomCABundle, 'base64'),
          allowPartialTrustChain: true,
        }),
      },
    },
  });
  boundAnswers(client.config.requestHandler);
  const encryption = config.awsKmsKeyId
    ? ({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: config.awsKmsKeyId } as const)
    : {};

  const call = async <Result>(
    verb: string,
    options: CallOptions | undefined,
    send: (options: { abortSignal: AbortSignal }) => Promise<Result>,
  ): Promise<Result> => {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), whole);
    try {
      const { signal } = options ?? {};
      return await send({ abortSignal: signal ? AbortSignal.any([signal, late.signal]) : late.signal });
    } catch (error) {
      options?.signal?.throwIfAborted();
      throw s3Failure(late.signal.aborted ? new AnswerBeyondBounds('ANSWER_TOO_SLOW') : error, verb, access);
    } finally {
      clearTimeout(timer);
    }
  };
  const start = (key: string, length: number, options: CallOptions | undefined, Range?: string) =>
    call('read', options, async (sending) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: key, Range }), sending);
      const body = Body as Readable | undefined;
      return body ? readAtMost(body, length) : { bytes: new Uint8Array(), complete: true };
    });

  return {
    write: (Key, Body, options) =>
      call('write', options, async (sending) => {
        await client.send(new PutObjectCommand({ Bucket, Key, Body, ...encryption }), sending);
      }),
    async read(key, { atMost, ...options }) {
      const { bytes, complete } = await start(key, atMost, options);
      if (complete) return bytes;
      throw s3Failure(new AnswerBeyondBounds('ANSWER_TOO_LARGE'), 'read', access);
    },
    readStart: async (key, length, options) => (await start(key, length, options, `bytes=0-${length - 1}`)).bytes,
    remove: (Key, options) =>
      call('delete', options, async (sending) => {
        await client.send(new DeleteObjectCommand({ Bucket, Key }), sending);
      }),
    close: () => client.destroy(),
  };
}

function required({ name }: StorageAccess, field: string, value: string | undefined): string {
  const text = value?.trim();
  if (text) {
    return text;
  }
  throw new StepFailure({
    type: FAILURE.Refused,
    what: `${field} is not set`,
    where: `MigStorage ${name}`,
    why: 'Without it no bucket can be reached.',
    next: `Set ${field}.`,
  });
}

function checkedUrl(access: StorageAccess, url: string): string {
  const { name } = access;
  const parsed = URL.parse(url);
  if (parsed && isForbidden(parsed.hostname, access)) {
    throw s3Failure(new AddressForbidden(parsed.hostname), 'write', access);
  }
  if (['http:', 'https:'].includes(parsed?.protocol ?? '') && !hasUserInfo(url)) {
    return url;
  }
  throw new StepFailure({
    type: FAILURE.Refused,
    what: `awsS3Url "${shownAddress(url)}" is not a URL of an object store`,
    where: `MigStorage ${name}, spec.backupStorageConfig.awsS3Url`,
    why: 'It does not begin with https:// or http://, or it holds a user name or password.',
    next: 'Write scheme, host and port, e.g. https://s3.example.com:9000.',
  });
}
