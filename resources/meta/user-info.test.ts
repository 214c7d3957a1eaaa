import { describe, expect, it } from 'vitest';
import { processorTime } from '../../test/kit/process/event-loop-delay.js';
import { migCluster } from '../kinds/mig-cluster.js';
import { migStorage } from '../kinds/mig-storage.js';
import type { KubeObject } from './kube-object.js';
import { hasUserInfo, shownAddress } from './user-info.js';

const WITH = [
  'https://admin:planted@api.example.com:6443',
  'https://planted@api.example.com',
  'https:/admin:planted@api.example.com',
  'https:admin:planted@api.example.com',
  'https:\\\\admin:planted@api.example.com',
  ' https://admin:planted@api.example.com',
  'HTTPS://:planted@api.example.com',
  'https://admin:planted@[broken',
  'admin:planted@registry.example.com:5000/apps',
];
const WITHOUT = [
  'https://api.example.com:6443',
  'https://api.example.com/a@b',
  'https://api.example.com/?user=a@b',
  'https://[::1]:6443',
  'registry.example.com:5000/apps/shop@sha256:abc',
  'minio:9000',
  '',
];

describe('an address', () => {
  it.each(WITH)('%s carries a user name or password, and is not shown', (address) => {
    expect(hasUserInfo(address)).toBe(true);
    expect(shownAddress(address)).not.toContain('planted');
  });

  it.each(WITHOUT)('%s does not', (address) => expect(hasUserInfo(address)).toBe(false));

  it('of any length is looked at in no time', () => {
    const start = processorTime();
    for (const text of ['a', '/', '@', 'a:', ' ']) hasUserInfo(text.repeat(1_000_000));
    expect(processorTime() - start).toBeLessThan(250);
  });
});

const object = (spec: object): KubeObject => ({ apiVersion: '', kind: '', metadata: { name: 'a' }, spec });
const errorsOf = (definition: typeof migCluster | typeof migStorage, spec: object) =>
  definition.validate?.(object(spec)) ?? [];

describe('with a user name or password is refused', () => {
  it.each(['url', 'exposedRegistryPath'])('in %s of a MigCluster', (field) => {
    for (const address of WITH) {
      const errors = errorsOf(migCluster, { [field]: address });
      expect(errors).toMatchObject([{ field: `spec.${field}`, reason: 'FieldValueForbidden' }]);
      expect(JSON.stringify(errors)).not.toContain('planted');
    }
    for (const address of WITHOUT) expect(errorsOf(migCluster, { [field]: address })).toEqual([]);
    expect(errorsOf(migCluster, { [field]: `https://${'a'.repeat(3_000)}` })).toHaveLength(1);
  });

  it.each(['awsS3Url', 'awsPublicUrl'])('in %s of a MigStorage', (field) => {
    const spec = (address: string) => ({ backupStorageConfig: { [field]: address } });
    for (const address of WITH) {
      const errors = errorsOf(migStorage, spec(address));
      expect(errors).toMatchObject([{ field: `spec.backupStorageConfig.${field}` }]);
      expect(JSON.stringify(errors)).not.toContain('planted');
    }
    for (const address of WITHOUT) expect(errorsOf(migStorage, spec(address))).toEqual([]);
  });
});
