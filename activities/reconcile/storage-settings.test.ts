import { expect, it } from 'vitest';
import { storageSettingProblems } from './storage-settings.js';

const credentials = { 'aws-access-key-id': 'id', 'aws-secret-access-key': 'planted-secret' };
const problems = (config: Record<string, unknown>, values: Record<string, string> = credentials) =>
  storageSettingProblems({ refresh: false, backupStorageConfig: { awsBucketName: 'bucket', ...config } }, values);

it.each([
  [{}, []],
  [{ awsS3Url: 'http://minio:9000', awsRegion: 'eu-1' }, []],
  [{ awsBucketName: undefined }, ['awsBucketName']],
  [{ awsS3Url: 'minio:9000' }, ['awsS3Url']],
  [{ awsPublicUrl: 'ftp://files' }, ['awsPublicUrl']],
  [{ s3CustomCABundle: 'bm8=' }, ['s3CustomCABundle']],
])('%j', (config, fields) => {
  expect(problems(config).map((problem) => problem.split(':')[0])).toEqual(fields);
});

it('names keys of the Secret and never their values', () => {
  const found = problems({}, { 'aws-secret-access-key': 'planted-secret', 'aws-access-key-id': ' ' });
  expect(found).toEqual(['key aws-access-key-id of the Secret: missing or empty']);
});
