import canonicalize from 'canonicalize';
import { describe, expect, it } from 'vitest';
import { mergePatch } from '../../test/support/merge-patch.js';
import type { KubeObject } from '../kube-object.js';
import { ANNOTATIONS } from '../labels.js';
import { ARRIVE_HALTED, halt, isHalted, isWorkload, resume } from './quiesce.js';
import { type MergePatch, workloadKindOf } from './workload-kinds.js';

const PLAN = 'plan-uid';
const R = ANNOTATIONS.preQuiesceReplicas;
const P = ANNOTATIONS.preQuiescePaused;
const S = ANNOTATIONS.preQuiesceSuspend;
const N = ANNOTATIONS.preQuiesceNodeSelector;
const OURS = { [ANNOTATIONS.quiescedByPlan]: PLAN };
const parked = { 'migration.openshift.io/quiesceDaemonSet': 'true' };

function workload(kind: string, spec: object, annotations?: Record<string, string>, more: object = {}): KubeObject {
  const { apiVersion } = workloadKindOf({ kind });
  return {
    apiVersion,
    kind,
    metadata: { name: 'web', namespace: 'shop', resourceVersion: '7', annotations },
    spec,
    ...more,
  };
}
const selecting = (nodeSelector?: object) => ({ template: { spec: { nodeSelector, containers: [{ name: 'app' }] } } });
const apply = (object: KubeObject, patch: MergePatch | undefined): KubeObject =>
  patch ? (mergePatch(object, patch) as KubeObject) : object;
const userParts = ({ metadata, spec }: KubeObject) =>
  canonicalize({ labels: metadata.labels, annotations: metadata.annotations, spec });
const finished = (type: string) => ({ status: { conditions: [{ type, status: 'True' }] } });

describe('halt and resume', () => {
  const team = { team: 'shop' };
  it.each([
    ['Deployment', { replicas: 3 }, { replicas: 0 }, { [R]: '3' }],
    ['Deployment', { replicas: 3, paused: true }, { replicas: 0, paused: true }, { [R]: '3', [P]: 'true' }],
    ['StatefulSet', { replicas: 2 }, { replicas: 0 }, { [R]: '2' }],
    ['ReplicaSet', { replicas: 1 }, { replicas: 0 }, { [R]: '1' }],
    ['ReplicationController', { replicas: 4 }, { replicas: 0 }, { [R]: '4' }],
    ['DaemonSet', selecting(), selecting(parked), { [N]: '{}' }],
    ['DaemonSet', selecting({ disk: 'ssd' }), selecting(parked), { [N]: '{"disk":"ssd"}' }],
    ['CronJob', { schedule: '* * * * *', suspend: false }, { schedule: '* * * * *', suspend: true }, { [S]: 'false' }],
    ['Job', { parallelism: 2, completions: 5 }, { parallelism: 0, completions: 5 }, { [R]: '2' }],
    ['Job', { parallelism: 1, suspend: true }, { parallelism: 0, suspend: true }, { [R]: '1' }],
  ])('%s %j', (kind, spec, haltedSpec, saved) => {
    const before = workload(kind, spec, team);
    expect(isHalted(before)).toBe(false);

    const patch = halt(before, PLAN);
    expect(patch?.metadata).toMatchObject({ resourceVersion: '7' });
    const halted = apply(before, patch);
    expect(isHalted(halted)).toBe(true);
    expect(halted.spec).toEqual(haltedSpec);
    expect(halted.metadata.annotations).toEqual({ ...team, ...OURS, ...saved });
    expect(halt(halted, PLAN)).toBeUndefined();

    const back = resume(halted, PLAN);
    expect(back).toMatchObject({ outcome: 'starts', patch: { metadata: { resourceVersion: '7' } } });
    const after = apply(halted, back?.outcome === 'starts' ? back.patch : undefined);
    expect(userParts(after)).toBe(userParts(before));
    expect(resume(after, PLAN)).toBeUndefined();
  });

  it.each([['Deployment'], ['StatefulSet'], ['Job']])('takes a missing count of a %s as 1', (kind) => {
    expect(apply(workload(kind, {}), halt(workload(kind, {}), PLAN)).metadata.annotations).toMatchObject({ [R]: '1' });
  });

  it('overwrites what an earlier quiesce left on a workload that runs again', () => {
    const stale = workload('Deployment', { replicas: 5 }, { [R]: '2', [P]: 'true' });
    expect(apply(stale, halt(stale, PLAN)).metadata.annotations).toEqual({ ...OURS, [R]: '5' });
  });
});

describe('halt leaves alone', () => {
  it.each([
    ['a Deployment its owner scaled to 0', workload('Deployment', { replicas: 0 })],
    ['a Deployment that is quiesced', workload('Deployment', { replicas: 0 }, { ...OURS, [R]: '3' })],
    ['a CronJob its owner suspended', workload('CronJob', { suspend: true })],
    ['a DaemonSet that is parked', workload('DaemonSet', selecting(parked))],
    ['a complete Job', workload('Job', { parallelism: 1 }, undefined, finished('Complete'))],
    ['a failed Job', workload('Job', { parallelism: 1 }, undefined, finished('Failed'))],
  ])('%s', (_, object) => {
    expect(isHalted(object)).toBe(true);
    expect(halt(object, PLAN)).toBeUndefined();
  });
});

describe('resume', () => {
  it.each([
    ['what its owner stopped', workload('Deployment', { replicas: 0 })],
    ['what MTC or someone else halted', workload('Deployment', { replicas: 0 }, { [R]: '3' })],
    [
      'what another plan halted',
      workload('Deployment', { replicas: 0 }, { [R]: '3', [ANNOTATIONS.quiescedByPlan]: 'x' }),
    ],
  ])('leaves alone %s', (_, object) => {
    expect(resume(object, PLAN)).toBeUndefined();
  });

  it.each([
    ['Deployment', { replicas: 1 }, { [R]: '3' }],
    ['DaemonSet', selecting({ disk: 'ssd' }), { [N]: 'null' }],
    ['CronJob', { suspend: false }, { [S]: 'false' }],
  ])('does not undo that somebody started a %s again', (kind, spec, saved) => {
    const object = workload(kind, spec, { ...OURS, ...saved, team: 'shop' });
    const back = resume(object, PLAN);
    expect(back?.outcome).toBe('runsAlready');
    const after = apply(object, back?.outcome === 'runsAlready' ? back.patch : undefined);
    expect(after.spec).toEqual(spec);
    expect(after.metadata.annotations).toEqual({ team: 'shop' });
  });

  it.each([
    ['Deployment', { replicas: 0 }, { [R]: 'three' }],
    ['Deployment', { replicas: 0 }, {}],
    ['DaemonSet', selecting(parked), { [N]: '["ssd"]' }],
    ['DaemonSet', selecting(parked), { [N]: '{' }],
  ])('says so when the annotation of a %s is damaged: %j %j', (kind, spec, saved) => {
    expect(resume(workload(kind, spec, { ...OURS, ...saved }), PLAN)?.outcome).toBe('unreadable');
  });

  it("understands MTC's mark of a DaemonSet without node selector", () => {
    const halted = workload('DaemonSet', selecting(parked), { ...OURS, [N]: 'null' });
    const back = resume(halted, PLAN);
    expect(userParts(apply(halted, back?.outcome === 'starts' ? back.patch : undefined))).toBe(
      userParts(workload('DaemonSet', selecting())),
    );
  });
});

describe('ARRIVE_HALTED', () => {
  const samples: [string, KubeObject][] = [
    ['deployments.apps', workload('Deployment', { replicas: 3 })],
    ['statefulsets.apps', workload('StatefulSet', { replicas: 3 })],
    ['replicasets.apps', workload('ReplicaSet', { replicas: 3 })],
    ['replicationcontrollers', workload('ReplicationController', {})],
    ['daemonsets.apps', workload('DaemonSet', selecting({ disk: 'ssd' }))],
    ['cronjobs.batch', workload('CronJob', { suspend: false })],
    ['jobs.batch', workload('Job', { parallelism: 2 })],
  ];
  const patchOf = (groupResource: string) =>
    ARRIVE_HALTED.find((arrival) => arrival.groupResource === groupResource)?.patch;

  it('knows every kind', () => {
    expect(ARRIVE_HALTED.map(({ groupResource }) => groupResource).sort()).toEqual(
      samples.map(([name]) => name).sort(),
    );
  });

  it.each(samples)('halts %s', (groupResource, object) => {
    expect(isHalted(apply(object, patchOf(groupResource)))).toBe(true);
  });

  it.each(samples)('changes nothing of %s that was backed up quiesced', (groupResource, object) => {
    const quiesced = apply(object, halt(object, PLAN));
    expect(apply(quiesced, patchOf(groupResource))).toEqual(quiesced);
  });
});

it('a paused Deployment arrives without the pause, so that it gets a ReplicaSet, and is paused when it starts', () => {
  const before = workload('Deployment', { replicas: 2, paused: true });
  const quiesced = apply(before, halt(before, PLAN));
  const arrival = ARRIVE_HALTED.find(({ groupResource }) => groupResource === 'deployments.apps');
  const arrived = apply(quiesced, arrival?.patch);
  expect(arrived.spec).toEqual({ replicas: 0 });
  const back = resume(arrived, PLAN);
  expect(userParts(apply(arrived, back?.outcome === 'starts' ? back.patch : undefined))).toBe(userParts(before));
});

describe('isWorkload', () => {
  const owned = (kind: string): KubeObject => {
    const object = workload(kind, {});
    object.metadata.ownerReferences = [{ apiVersion: 'x/v1', kind: 'X', name: 'x', uid: 'x', controller: true }];
    return object;
  };
  it.each([
    ['ReplicaSet', false],
    ['ReplicationController', false],
    ['Job', true],
    ['Deployment', true],
  ])('of a %s with a controller: %s', (kind, expected) => {
    expect(isWorkload(owned(kind))).toBe(expected);
    expect(isWorkload(workload(kind, {}))).toBe(true);
  });
});
