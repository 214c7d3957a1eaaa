import canonicalize from 'canonicalize';
import { describe, expect, it } from 'vitest';
import { runVolume } from '../../test/kit/fakes/recorded-run.js';
import type { KubeObject } from '../meta/kube-object.js';
import { ANNOTATIONS } from '../meta/labels.js';
import { mountedClaims, usesClaims } from '../workloads/claim-references.js';
import { mustBeReplaced, replacementOf } from '../workloads/replacement.js';
import { claimsWithoutCounterpart, ordinalOf, templateRenames } from '../workloads/statefulset-claims.js';
import { WORKLOAD_KINDS } from '../workloads/workload-kinds.js';
import { claimMapping, swapClaims } from './swap-claims.js';

const converted = (claim: string, counterpart: string) =>
  runVolume({ namespace: 'shop', claim }, { namespace: 'shop', claim: counterpart, storageClass: 'fast' });
const volumes = [
  converted('data', 'data-mig-abcd'),
  converted('cache', 'cache-mig-abcd'),
  converted('log-db-0', 'log-mig-abcd-db-0'),
  converted('log-db-1', 'log-mig-abcd-db-1'),
];

const podSpec = (data: string, log = 'log') => ({
  initContainers: [{ name: 'first', volumeMounts: [{ name: log, mountPath: '/log' }] }],
  containers: [
    {
      name: 'app',
      volumeMounts: [
        { name: 'data', mountPath: '/data' },
        { name: log, mountPath: '/log' },
      ],
      volumeDevices: [{ name: log, devicePath: '/dev/log' }],
    },
  ],
  volumes: [
    { name: 'data', persistentVolumeClaim: { claimName: data } },
    { name: 'other', persistentVolumeClaim: { claimName: 'untouched', readOnly: true } },
    { name: 'ephemeral', ephemeral: { volumeClaimTemplate: { spec: {} } } },
    { name: 'config', configMap: { name: 'data' } },
  ],
});
const workload = (kind: string, spec: object, metadata: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'db', namespace: 'shop', annotations: { note: 'own' }, ...metadata },
  spec,
});
const templated = (kind: string, data: string) => workload(kind, { replicas: 0, template: { spec: podSpec(data) } });
const cronJob = (data: string) =>
  workload('CronJob', { schedule: '@daily', jobTemplate: { spec: { template: { spec: podSpec(data) } } } });
const statefulSet = (template: string, spec: object = {}, annotations: object = {}) =>
  workload(
    'StatefulSet',
    {
      template: { spec: podSpec(template === 'log' ? 'data' : 'data-mig-abcd', template) },
      volumeClaimTemplates: [
        { metadata: { name: template, labels: { app: 'db' } }, spec: { accessModes: ['ReadWriteOnce'], ...spec } },
        { metadata: { name: 'kept' }, spec: { storageClassName: 'gold' } },
      ],
    },
    { annotations: { note: 'own', ...annotations } },
  );

describe('a swap of claims', () => {
  it.each<[string, KubeObject, KubeObject]>([
    ...WORKLOAD_KINDS.map(({ kind }) => kind)
      .filter((kind) => kind !== 'CronJob' && kind !== 'StatefulSet')
      .map((kind): [string, KubeObject, KubeObject] => [
        kind,
        templated(kind, 'data'),
        templated(kind, 'data-mig-abcd'),
      ]),
    ['CronJob', cronJob('data'), cronJob('data-mig-abcd')],
    [
      'StatefulSet without class',
      statefulSet('log'),
      statefulSet('log-mig-abcd', { storageClassName: 'fast' }, { [ANNOTATIONS.formerStorageClasses]: '{"log":null}' }),
    ],
    [
      'StatefulSet with a class',
      statefulSet('log', { storageClassName: 'slow' }),
      statefulSet(
        'log-mig-abcd',
        { storageClassName: 'fast' },
        { [ANNOTATIONS.formerStorageClasses]: '{"log":"slow"}' },
      ),
    ],
  ])('of a %s goes forward and back again exactly', (_, before, after) => {
    expect(swapClaims(before, volumes, 'forward')).toEqual(after);
    expect(swapClaims(after, volumes, 'forward')).toEqual(after);
    expect(canonicalize(swapClaims(after, volumes, 'back'))).toBe(canonicalize(before));
    expect(canonicalize(swapClaims(before, volumes, 'back'))).toBe(canonicalize(before));
  });

  it('leaves other namespaces, other claims and an annotation that is damaged alone', () => {
    const elsewhere = { ...templated('Deployment', 'data'), metadata: { name: 'db', namespace: 'web' } };
    expect(swapClaims(elsewhere, volumes, 'forward')).toEqual(elsewhere);
    const other = templated('Deployment', 'data-2');
    expect(swapClaims(other, volumes, 'forward')).toEqual(other);
    const damaged = statefulSet(
      'log-mig-abcd',
      { storageClassName: 'fast' },
      { [ANNOTATIONS.formerStorageClasses]: 'x' },
    );
    expect(swapClaims(damaged, volumes, 'back')).toEqual(statefulSet('log', { storageClassName: 'fast' }));
  });
});

describe('claims of a StatefulSet', () => {
  it.each([
    ['data-db-0', 'data', 'db', 0],
    ['data-db-12', 'data', 'db', 12],
    ['data-db-012', 'data', 'db', undefined],
    ['data-db-', 'data', 'db', undefined],
    ['data-db-x', 'data', 'db', undefined],
    ['data-db2-0', 'data', 'db', undefined],
    ['more-data-db-0', 'data', 'db', undefined],
  ])('%s of template %s of %s has ordinal %s', (claim, template, name, ordinal) => {
    expect(ordinalOf(claim, template, name)).toBe(ordinal);
  });

  it.each<[string, [string, string][], [string, string][], RegExp[]]>([
    ['alike', [['log-db-0', 'new-db-0']], [['log', 'new']], []],
    ['nothing', [['log-other-0', 'new-other-0']], [], []],
    ['to themselves', [['log-db-0', 'log-db-0']], [], []],
    ['to any name', [['log-db-0', 'new']], [], [/new, the counterpart of log-db-0, must end with -db-0/]],
    ['to another ordinal', [['log-db-0', 'new-db-1']], [], [/must end with -db-0/]],
    [
      'differently',
      [
        ['log-db-0', 'a-db-0'],
        ['log-db-1', 'b-db-1'],
      ],
      [],
      [/begin with a and b/],
    ],
  ])('can be renamed %s', (_, mapping, renames, problems) => {
    const found = templateRenames(statefulSet('log'), new Map(mapping));
    expect([...found.renames]).toEqual(renames);
    expect(found.problems).toEqual(problems.map((problem) => expect.stringMatching(problem)));
  });

  it('that have no counterpart are named', () => {
    const mapping = claimMapping(volumes, 'shop', 'forward');
    const existing = ['log-db-0', 'log-db-1', 'log-db-2', 'kept-db-0', 'data'];
    expect(claimsWithoutCounterpart(statefulSet('log'), mapping, existing)).toEqual(['log-db-2']);
  });
});

describe('the use of claims', () => {
  it.each([
    [templated('Deployment', 'data'), 'data', true],
    [templated('Deployment', 'data'), 'config', false],
    [cronJob('data'), 'data', true],
    [workload('Pod', podSpec('data')), 'data', true],
    [statefulSet('log'), 'log-db-7', true],
    [statefulSet('log'), 'log-other-7', false],
  ])('%#', (object, claim, expected) => {
    expect(usesClaims(object, new Set([claim]))).toBe(expected);
    expect(mountedClaims(object)).toContain('untouched');
  });
});

describe('an object created again', () => {
  it.each([
    ['a StatefulSet whose claim templates change', statefulSet('log'), true],
    ['a StatefulSet whose pod template changes', templated('StatefulSet', 'data'), false],
    ['a Job', templated('Job', 'data'), true],
    ['a Deployment', templated('Deployment', 'data'), false],
  ])('%s: %s', (_, before, expected) => {
    expect(mustBeReplaced(before, swapClaims(before, volumes, 'forward'))).toBe(expected);
    expect(mustBeReplaced(before, before)).toBe(false);
  });

  it('keeps what its owner wrote, and a Job no trace of its former uid', () => {
    const metadata = {
      labels: { app: 'db' },
      ownerReferences: [{ apiVersion: 'v1', kind: 'CronJob', name: 'c', uid: 'u' }],
    };
    const stored = { uid: 'u', resourceVersion: '1', generation: 2, creationTimestamp: 'x', managedFields: [] };
    const job = (spec: object): KubeObject => ({
      ...workload('Job', spec, { ...metadata, ...stored, finalizers: ['orphan', 'own'] }),
      status: { active: 1 },
    });
    const labels = { 'batch.kubernetes.io/controller-uid': 'u', 'job-name': 'db', app: 'db' };
    const selector = { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u' } };
    const written = (spec: object) => workload('Job', spec, { ...metadata, finalizers: ['own'] });
    expect(replacementOf(job({ selector, parallelism: 0, template: { metadata: { labels } } }))).toEqual(
      written({ parallelism: 0, template: { metadata: { labels: { app: 'db' } } } }),
    );
    const manual = { manualSelector: true, selector, template: { metadata: { labels } } };
    expect(replacementOf(job(manual))).toEqual(written(manual));
  });
});
