import { describe, expect, it } from 'vitest';
import { refOf, runRecord } from '../../../test/kit/fakes/recorded-run.js';
import { targetClaim } from '../target-claim.js';
import type { VolumeRun } from '../volume-run.js';
import { clientPod, rsyncOptions } from './client-pod.js';
import type { PodIdentity } from './pod-identity.js';
import { serverPod } from './server-pod.js';
import { transferService } from './transfer-service.js';

const volume = {
  id: 'shop/data',
  key: 'abcd1234',
  persistentVolume: 'pv',
  source: { namespace: 'shop', claim: 'data' },
  target: {
    namespace: 'moved',
    claim: 'data-new',
    storageClass: 'fast',
    accessModes: ['ReadWriteOnce'],
    volumeMode: 'Filesystem' as const,
    size: '5Gi',
  },
  verify: false,
  mover: { name: 'rsync' as const },
  allowOverwrite: false,
};
const record = runRecord({
  volumes: [volume],
  attempt: 2,
  migration: { kind: 'MigMigration', namespace: 'n', name: 'm', uid: '01234567-89' },
});
const volumeRun = { record, run: refOf(record), volume } as unknown as VolumeRun;
const resources = { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } };
const restricted: PodIdentity = { root: false, user: 1000, group: 1000, groups: [2000] };
const endpoint = { mover: 'rsync', type: 'NodePort', host: '10.0.0.1', port: 31000 } as const;
const client = (identity: PodIdentity, node?: string) =>
  clientPod(volumeRun, { pass: 'final', attempt: 3, endpoint, identity, resources, node });

describe('both pods', () => {
  it.each([
    ['server', serverPod(volumeRun, { root: true }, resources)],
    ['client', client({ root: true })],
  ])('give nothing away: %s', (_, { metadata, spec }) => {
    expect(metadata.labels).toMatchObject({
      app: 'directvolumemigration-rsync-transfer',
      owner: 'directvolumemigration',
      'migration.openshift.io/helper': '01234567-89',
      'migration.openshift.io/helper-volume': 'abcd1234',
    });
    expect(spec).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
    expect(spec.securityContext).toEqual({ seccompProfile: { type: 'RuntimeDefault' } });
    expect(spec.containers[0].securityContext).toMatchObject({
      runAsUser: 0,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  it.each([
    ['server', serverPod(volumeRun, restricted, resources), { fsGroup: 2000, fsGroupChangePolicy: 'OnRootMismatch' }],
    ['client', client(restricted), {}],
  ])('are what a restricted namespace admits: %s', (_, { spec }, groups) => {
    expect(spec.securityContext).toEqual({
      seccompProfile: { type: 'RuntimeDefault' },
      supplementalGroups: [2000],
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      ...groups,
    });
    expect(spec.containers[0].securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });
});

describe('a server', () => {
  it.each([
    ['root', { root: true } as const],
    ['restricted', restricted],
  ])('may write nothing but the volume, whatever an uploaded link leads to: %s', (_, identity) => {
    const { containers, volumes } = serverPod(volumeRun, identity, resources).spec;
    const [container] = containers;
    expect(container.securityContext.readOnlyRootFilesystem).toBe(true);
    const writable = container.volumeMounts.filter(({ readOnly }: { readOnly?: boolean }) => !readOnly);
    expect(writable).toEqual([{ name: 'volume', mountPath: '/volume', readOnly: false }]);
    expect(volumes.map(({ name }: { name: string }) => name)).toEqual(['volume', 'keys']);
  });
});

describe('meshes and agents', () => {
  it.each([
    ['server', serverPod(volumeRun, { root: true }, resources)],
    ['client', client({ root: true })],
  ])('leave the %s alone, and the label that sites allow stays', (_, { metadata }) => {
    expect(metadata.labels).toMatchObject({ 'sidecar.istio.io/inject': 'false', owner: 'directvolumemigration' });
    expect(metadata.annotations).toMatchObject({
      'sidecar.istio.io/inject': 'false',
      'linkerd.io/inject': 'disabled',
      'kuma.io/sidecar-injection': 'disabled',
      'consul.hashicorp.com/connect-inject': 'false',
    });
  });
});

describe('the nodes of the application', () => {
  const tolerations = [{ key: 'dedicated', operator: 'Equal', value: 'database', effect: 'NoSchedule' }];

  it('take the server', () => {
    const placement = { tolerations, nodeSelector: { disk: 'fast' } };
    expect(serverPod(volumeRun, { root: true }, resources, placement).spec).toMatchObject(placement);
  });

  it('take the client, pinned or not', () => {
    const options = { pass: 'final', attempt: 1, endpoint, identity: { root: true }, resources } as const;
    expect(clientPod(volumeRun, { ...options, tolerations }).spec.tolerations).toEqual(tolerations);
    expect(clientPod(volumeRun, { ...options, tolerations, node: 'n' }).spec.tolerations).toEqual([
      { operator: 'Exists' },
    ]);
  });
});

it('the client knows all addresses the server may answer at', () => {
  const several = { ...endpoint, otherHosts: ['10.0.0.2', '10.0.0.3'] };
  const { spec } = clientPod(volumeRun, {
    pass: 'final',
    attempt: 1,
    endpoint: several,
    identity: { root: true },
    resources,
  });
  expect(spec.containers[0].env).toContainEqual({ name: 'ENDPOINT_HOST', value: '10.0.0.1 10.0.0.2 10.0.0.3' });
});

describe('the client', () => {
  it('has a name of its own for each pass, try of the migration and attempt', () => {
    expect(client({ root: true }).metadata.name).toBe('mtc-rsync-client-final-01234567-abcd1234-2-3');
  });

  it('reads the volume and can only do that', () => {
    const [container] = client({ root: true }).spec.containers;
    expect(container.volumeMounts[0]).toEqual({ name: 'volume', mountPath: '/volume', readOnly: true });
    expect(container.securityContext.capabilities.add).toEqual(['DAC_OVERRIDE']);
    expect(container.env).toContainEqual({ name: 'ENDPOINT_PORT', value: '31000' });
  });

  it('stays where the application has the volume', () => {
    expect(client({ root: true }).spec.affinity).toBeUndefined();
    expect(JSON.stringify(client({ root: true }, 'node-7').spec.affinity)).toContain('"values":["node-7"]');
  });

  const options = (
    pass: 'pre-copy' | 'final',
    more: Partial<Parameters<typeof rsyncOptions>[0]> = {},
    identity: PodIdentity = { root: true },
  ) => rsyncOptions({ ...record, ...more }, { verify: true }, pass, identity);
  it.each([
    ['pass before quiesce', options('pre-copy'), []],
    ['last pass', options('final'), ['--checksum']],
    ['only pass', options('pre-copy', runRecord({ quiescePods: false })), ['--checksum']],
    ['stage', options('pre-copy', runRecord({ itinerary: 'Stage', quiescePods: false })), []],
    ['not root', options('pre-copy', {}, restricted), ['--omit-dir-times']],
    [
      'settings',
      options('pre-copy', {
        settings: { ...record.settings, rsync: { bandwidthLimitKiB: 5, extraOptions: ['--acls'], backoffLimit: 1 } },
      }),
      ['--bwlimit=5', '--acls'],
    ],
  ])('takes options: %s', (_, given, expected) => {
    expect(given).toEqual(expected);
  });
});

it('the service leads to the server', () => {
  const { spec } = transferService(volumeRun);
  const { labels } = serverPod(volumeRun, { root: true }, resources).metadata;
  expect(labels).toMatchObject(spec.selector);
  expect(spec).toMatchObject({ type: 'NodePort', ports: [{ port: 6443 }] });
});

it('the claim is made as the plan says, with the labels of the source', () => {
  const original = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: 'data',
      labels: { team: 'shop' },
      annotations: { 'pv.kubernetes.io/bound-by-controller': 'yes' },
    },
    spec: { volumeName: 'pv', selector: { matchLabels: { disk: 'a' } }, storageClassName: 'slow' },
  };
  expect(targetClaim(original, volume, record)).toEqual({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: 'data-new',
      namespace: 'moved',
      labels: {
        team: 'shop',
        'migration.openshift.io/migrated-by-migplan': 'plan-uid',
        'migration.openshift.io/migrated-by-migmigration': '01234567-89',
      },
    },
    spec: {
      storageClassName: 'fast',
      accessModes: ['ReadWriteOnce'],
      volumeMode: 'Filesystem',
      resources: { requests: { storage: '5Gi' } },
    },
  });
});
