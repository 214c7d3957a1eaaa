import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { veleroName } from '../../resources/run/names.js';
import { refOf, runRecord } from '../../test/kit/fakes/recorded-run.js';
import { backupCopy, backupManifest } from './backup-manifest.js';
import { modifiersManifest, restoreManifest } from './restore-manifest.js';
import { runOf } from './velero-objects.js';

const UID = '0a1b2c3d-0000-0000-0000-000000000000';
const record = runRecord({
  migration: { kind: 'MigMigration', namespace: 'openshift-migration', name: 'cutover', uid: UID },
  namespaces: [
    { source: 'shop', target: 'store' },
    { source: 'mail', target: 'mail' },
  ],
  storage: { namespace: 'openshift-migration', name: 'repository', uid: 'ffffffff-1' },
  excludedResources: ['events', 'imagestreams'],
  labelSelector: { matchLabels: { team: 'shop' }, matchExpressions: [{ key: 'tier', operator: 'Exists' }] },
});
const run = refOf(record);
const labels = {
  'app.kubernetes.io/part-of': 'openshift-migration',
  migmigration: UID,
  'migration.openshift.io/migrated-by-migmigration': UID,
  'migration.openshift.io/migrated-by-migplan': 'plan-uid',
  'migration.openshift.io/migration-uid': UID,
  'migration.openshift.io/migmigration-name': 'cutover',
  'migration.openshift.io/migplan-name': 'plan',
};
const backup = backupManifest(veleroName(run, 'initial'), record, {
  includedResources: ['deployments.apps'],
  leftBehind: ['pods'],
  reclaimPolicies: ['delete'],
  helpersOf: ['former-uid', UID],
});

describe('the Backup', () => {
  it.each([
    ['all types', [], []],
    ['what else is included', ['secrets', 'persistentvolumeclaims', 'pods'], ['secrets']],
    ['nothing that a Restore would bring', ['persistentvolumeclaims', 'pods'], ['namespaces']],
  ])('names no type in both lists, and holds %s', (_, includedResources, expected) => {
    const { spec } = backupManifest('b', record, {
      includedResources,
      leftBehind: ['pods'],
      reclaimPolicies: [],
      helpersOf: [],
    });
    expect(spec.includedResources).toEqual(expected);
  });

  it("has MTC's name, labels, annotations and lists", () => {
    expect(backup).toEqual({
      apiVersion: 'velero.io/v1',
      kind: 'Backup',
      metadata: {
        name: 'cutover-0a1b2c3d-initial',
        namespace: 'openshift-migration',
        labels: { ...labels, 'migration-initial-backup': UID },
        annotations: {
          'migration.openshift.io/migmigration-type': 'final',
          'openshift.io/migrate-quiesce-pods': 'true',
          'openshift.io/orig-reclaim-policy': 'delete',
        },
      },
      spec: {
        storageLocation: 'storage-ffffffff',
        ttl: '720h0m0s',
        includedNamespaces: ['shop', 'mail'],
        includedResources: ['deployments.apps'],
        excludedResources: [
          'imagestreams',
          'persistentvolumes',
          'persistentvolumeclaims',
          'controllerrevisions.apps',
          'builds.build.openshift.io',
          'events',
          'pods',
        ],
        labelSelector: {
          matchLabels: { team: 'shop' },
          matchExpressions: [
            { key: 'tier', operator: 'Exists' },
            { key: 'migration.openshift.io/helper', operator: 'NotIn', values: ['former-uid', UID] },
          ],
        },
        snapshotVolumes: false,
        defaultVolumesToFsBackup: false,
        hooks: { resources: [] },
      },
    });
  });

  it('is put on the other cluster finished, with nothing of its former life', () => {
    const finished = {
      ...backup,
      metadata: {
        ...backup.metadata,
        uid: 'u',
        resourceVersion: '7',
        labels: { ...backup.metadata.labels, 'velero.io/storage-location': 'storage-ffffffff' },
      },
      status: { phase: 'Completed', expiration: '2026-12-21T00:00:00Z' },
    };
    const copy = backupCopy(finished);
    expect(copy.metadata).not.toHaveProperty('uid');
    expect(copy.metadata).not.toHaveProperty('resourceVersion');
    expect(copy.metadata.labels).toHaveProperty(['velero.io/storage-location'], 'storage-ffffffff');
    expect(copy.spec).toEqual(backup.spec);
    expect(copy.status).toEqual({ phase: 'Completed', expiration: '2026-12-21T00:00:00Z' });
  });
});

/** All of cluster scope that a Restore may bring. */
const BROUGHT = [
  'customresourcedefinitions.apiextensions.k8s.io',
  'clusterroles.rbac.authorization.k8s.io',
  'clusterrolebindings.rbac.authorization.k8s.io',
];

describe('the Restore', () => {
  const second = { ...run, attempt: 2 };
  const restore = restoreManifest(veleroName(second, 'final'), second, record, {
    backup,
    clusterScoped: ['storageclasses.storage.k8s.io', ...BROUGHT].map((type) => {
      const [resource = '', ...group] = type.split('.');
      return { resource, group: group.join('.') };
    }),
  });

  it("has MTC's name, labels, annotations and lists, and maps only namespaces that differ", () => {
    expect(restore).toEqual({
      apiVersion: 'velero.io/v1',
      kind: 'Restore',
      metadata: {
        name: 'cutover-0a1b2c3d-final-2',
        namespace: 'openshift-migration',
        labels: { ...labels, 'migration-final-restore': UID },
        annotations: {
          'migration.openshift.io/run': `openshift-migration/cutover/${UID}/2`,
          'migration.openshift.io/migmigration-type': 'final',
          'openshift.io/migrate-quiesce-pods': 'true',
        },
      },
      spec: {
        backupName: 'cutover-0a1b2c3d-initial',
        restorePVs: true,
        excludedResources: expect.arrayContaining(['namespaces', 'persistentvolumeclaims', 'nodes', 'pods']),
        includedNamespaces: ['shop', 'mail'],
        includeClusterResources: true,
        namespaceMapping: { shop: 'store' },
        existingResourcePolicy: 'none',
        resourceModifier: { kind: 'configmap', name: 'mtc-restore-modifiers-0a1b2c3d-2' },
      },
    });
  });

  it.each([
    'persistentvolumes',
    'mutatingwebhookconfigurations.admissionregistration.k8s.io',
    'validatingwebhookconfigurations.admissionregistration.k8s.io',
    'validatingadmissionpolicies.admissionregistration.k8s.io',
    'validatingadmissionpolicybindings.admissionregistration.k8s.io',
    'apiservices.apiregistration.k8s.io',
    'priorityclasses.scheduling.k8s.io',
    'securitycontextconstraints.security.openshift.io',
    'storageclasses.storage.k8s.io',
  ])('brings no %s', (type) => expect(restore.spec.excludedResources).toContain(type));

  it.each(BROUGHT)('brings %s', (type) => expect(restore.spec.excludedResources).not.toContain(type));

  it('tells which run made it', () => {
    expect(runOf(restore)).toEqual({ ...run, attempt: 2 });
    expect(runOf(backup)).toBeUndefined();
  });

  it('reads its modifiers from a helper of the run', () => {
    const modifiers = { version: 'v1', resourceModifierRules: [] } as const;
    const { metadata, data } = modifiersManifest(run, { ...modifiers, resourceModifierRules: [] });
    expect(metadata.labels).toHaveProperty(['migration.openshift.io/helper'], UID);
    expect(parse(data['resource-modifiers.yaml'])).toEqual(modifiers);
  });
});
