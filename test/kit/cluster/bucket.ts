import { paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { fromEnvironment } from '../system/system.js';

/** Keys of all objects in the bucket the tests use as replication repository. */
export async function bucketKeys(): Promise<Set<string>> {
  const client = new S3Client({
    endpoint: fromEnvironment('S3_URL'),
    region: fromEnvironment('S3_REGION'),
    forcePathStyle: true,
    credentials: {
      accessKeyId: fromEnvironment('S3_ACCESS_KEY'),
      secretAccessKey: fromEnvironment('S3_SECRET_KEY'),
    },
  });
  const keys = new Set<string>();
  try {
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: fromEnvironment('S3_BUCKET') })) {
      for (const { Key = '' } of Contents) keys.add(Key);
    }
  } finally {
    client.destroy();
  }
  return keys;
}
