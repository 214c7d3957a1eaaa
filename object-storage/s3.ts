import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { FAILURE, StepFailure } from '../resources/meta/failure.js';
import type { CallOptions, ObjectStore, StorageAccess } from './object-store.js';
import { s3Failure } from './s3-failure.js';

/** Region of requests when none is set: stores other than AWS rarely care, AWS names the right one when it refuses. */
const DEFAULT_REGION = 'us-east-1';
const CONNECT_TIMEOUT = 5_000;
const ANSWER_TIMEOUT = 15_000;
const ATTEMPTS = 2;

/**
 * Adapter for provider `aws`: AWS itself and every store that speaks S3. `awsSignatureVersion` has no meaning here: it chose the form of
 * the links Velero signs for downloads, while requests are signed with version 4, the only one that AWS still takes.
 *
 * @throws StepFailure Refused when a setting is missing or cannot be right
 */
export function openS3Store(access: StorageAccess): ObjectStore {
  const config = access.spec.backupStorageConfig;
  const Bucket = required(access, 'spec.backupStorageConfig.awsBucketName', config.awsBucketName);
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
      requestTimeout: ANSWER_TIMEOUT,
      throwOnRequestTimeout: true,
      httpsAgent: {
        keepAlive: true,
        rejectUnauthorized: !config.insecure,
        ca: config.s3CustomCABundle ? Buffer.from(config.s3CustomCABundle, 'base64') : undefined,
      },
    },
  });
  const encryption = config.awsKmsKeyId
    ? ({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: config.awsKmsKeyId } as const)
    : {};

  const call = async <Result>(verb: string, options: CallOptions | undefined, send: () => Promise<Result>) => {
    try {
      return await send();
    } catch (error) {
      options?.signal?.throwIfAborted();
      throw s3Failure(error, verb, access);
    }
  };
  const abortSignal = (options: CallOptions | undefined) => ({ abortSignal: options?.signal });

  return {
    write: (Key, Body, options) =>
      call('write', options, async () => {
        await client.send(new PutObjectCommand({ Bucket, Key, Body, ...encryption }), abortSignal(options));
      }),
    read: (Key, options) =>
      call('read', options, async () => {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }), abortSignal(options));
        return (await Body?.transformToByteArray()) ?? new Uint8Array();
      }),
    remove: (Key, options) =>
      call('delete', options, async () => {
        await client.send(new DeleteObjectCommand({ Bucket, Key }), abortSignal(options));
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

function checkedUrl({ name }: StorageAccess, url: string): string {
  if (['http:', 'https:'].includes(URL.parse(url)?.protocol ?? '')) {
    return url;
  }
  throw new StepFailure({
    type: FAILURE.Refused,
    what: `awsS3Url "${url}" is not a URL of an object store`,
    where: `MigStorage ${name}, spec.backupStorageConfig.awsS3Url`,
    why: 'It does not begin with https:// or http://.',
    next: 'Write scheme, host and port, e.g. https://s3.example.com:9000.',
  });
}
