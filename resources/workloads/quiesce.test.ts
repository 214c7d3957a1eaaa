import canonicalize from 'canonicalize';
import { describe, expect, it } from 'vitest';
import { mergePatch } from '../../test/kit/fakes/merge-patch.js';
import type { KubeObject } from '../meta/kube-object.js';
import { ANNOTATIONS } from '../meta/labels.js';
import type { MergePatch } from '../meta/merge-patch.js';
import {
  ARRIVE_HALTED,
  describeSavedState,
  finishing,
  halt,
  isHalted,
  isHaltedByOthers,
  isWorkload,
  resume,
  takenOver,
} from './quiesce.js';
import type { Finish } from './workload-kind.js';
import { workloadKindOf } from './workload-kinds.js';

const PLAN = 'plan-uid';
const R = ANNOTATIONS.preQuiesceReplicas;
const P = ANNOTATIONS.preQuiescePaused;
const S = ANNOTATIONS.preQuiesceSuspend;
const N = ANNOTATIONS.preQuiesceNodeSelector;
const VS = ANNOTATIONS.vmRunStrategy;
const V = ANNOTATIONS.startVm;
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
const instance = { status: { created: true, printableStatus: 'Running' } };
const finished = (type: string) => ({ status: { conditions: [{ type, status: 'True' }] } });

describe('halt and resume', () => {
  const team = { team: 'shop' };
  it.each([
    ['Deployment', { replicas: 3 }, { replicas: 0 }, { [R]: '3' }],
    ['Deployment', { replicas: 3, paused: true }, { replicas: 0, paused: true }, { [R]: '3', [P]: 'true' }],
    ['StatefulSet', { replicas: 2 }, { replicas: 0 }, { [R]: '2' }],
    [
      'StatefulSet',
      { replicas: 2, persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Delete' } },
      { replicas: 0, persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' } },
      { [R]: '2', [ANNOTATIONS.preQuiesceClaimRetention]: 'Delete' },
    ],
    ['ReplicaSet', { replicas: 1 }, { replicas: 0 }, { [R]: '1' }],
    ['ReplicationController', { replicas: 4 }, { replicas: 0 }, { [R]: '4' }],
    ['DaemonSet', selecting(), selecting(parked), { [N]: '{}' }],
    ['DaemonSet', selecting({ disk: 'ssd' }), selecting(parked), { [N]: '{"disk":"ssd"}' }],
    ['CronJob', { schedule: '* * * * *', suspend: false }, { schedule: '* * * * *', suspend: true }, { [S]: 'false' }],
    ['Job', { parallelism: 2, completions: 5 }, { parallelism: 0, completions: 5 }, { [R]: '2' }],
    ['Job', { parallelism: 1, suspend: true }, { parallelism: 0, suspend: true }, { [R]: '1' }],
    ['DeploymentConfig', { replicas: 2 }, { replicas: 0 }, { [R]: '2' }],
    ['VirtualMachine', { running: true }, { running: false }, { [V]: 'true' }],
    ['VirtualMachine', { runStrategy: 'Always' }, { runStrategy: 'Halted' }, { [V]: 'true', [VS]: 'Always' }],
    [
      'VirtualMachine',
      { runStrategy: 'RerunOnFailure' },
      { runStrategy: 'Halted' },
      { [V]: 'true', [VS]: 'RerunOnFailure' },
      instance,
    ],
    ['VirtualMachine', { runStrategy: 'Once' }, { runStrategy: 'Halted' }, { [V]: 'true', [VS]: 'Once' }, instance],
  ] as [string, object, object, object, object?][])('%s %j', (kind, spec, haltedSpec, saved, more) => {
    const before = workload(kind, spec, team, more);
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

  it.each([
    ['Deployment', { replicas: 3, paused: true }, { [R]: '3', [P]: 'true' }],
    ['CronJob', { suspend: false }, { [ANNOTATIONS.preQuiesceSuspend]: 'false' }],
    ['VirtualMachine', { running: true }, { [V]: 'true' }],
  ] as [string, object, object][])(
    'with its annotations kept, a %s comes back and is no longer held',
    (kind, spec, saved) => {
      const before = workload(kind, spec, team);
      const halted = apply(before, halt(before, PLAN));
      const back = resume(halted, PLAN, { keepAnnotations: true });
      const after = apply(halted, back?.outcome === 'starts' ? back.patch : undefined);
      expect(after.spec).toEqual(before.spec);
      expect(after.metadata.annotations).toEqual({ ...team, ...saved });
      // Its owner stops it: nothing starts it because of what was kept.
      const stopped = apply(after, halt(after, 'another'));
      delete stopped.metadata.annotations?.[ANNOTATIONS.quiescedByPlan];
      expect(resume(stopped, PLAN)).toBeUndefined();
    },
  );

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
    ['a machine that is off', workload('VirtualMachine', { running: false })],
    ['a machine that is halted', workload('VirtualMachine', { runStrategy: 'Halted' })],
    ['a machine that its owner stopped', workload('VirtualMachine', { runStrategy: 'Manual' })],
    [
      'a machine that has ended',
      workload('VirtualMachine', { runStrategy: 'Once' }, undefined, {
        status: { created: true, printableStatus: 'Stopped' },
      }),
    ],
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
  ])('does not undo that a user started a %s again', (kind, spec, saved) => {
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
    ['VirtualMachine', { runStrategy: 'Halted' }, { [V]: 'true', [VS]: 'Sometimes' }],
    ['VirtualMachine', { running: false }, {}],
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

describe('what comes back in two steps', () => {
  const started = (object: KubeObject): { after: KubeObject; finish: Finish } => {
    const back = resume(object, PLAN);
    if (back?.outcome !== 'starts' || !back.finish) throw new Error('one step');
    return { after: apply(object, back.patch), finish: back.finish };
  };

  it('a paused DeploymentConfig is let go to be halted and paused again when it is scaled', () => {
    const before = workload('DeploymentConfig', { replicas: 2, paused: true }, { team: 'shop' });
    const halted = apply(before, halt(before, PLAN));
    expect(halted.spec).toEqual({ replicas: 0, paused: false });

    const { after, finish } = started(halted);
    expect(after.spec).toEqual({ replicas: 2, paused: false });
    expect(after.metadata.annotations).toMatchObject({ ...OURS, [P]: 'true' });
    const scaled = (replicas: number) => ({ ...after, status: { observedGeneration: 1, replicas } });
    expect(finish.isDue({ ...after, metadata: { ...after.metadata, generation: 2 }, status: scaled(2).status })).toBe(
      false,
    );
    expect(finish.isDue(scaled(1))).toBe(false);
    expect(finish.isDue(scaled(2))).toBe(true);

    // A second attempt that finds the first step done continues with the second.
    expect(started(after).after.spec).toEqual(after.spec);
    const back = apply(after, finishing(after, PLAN, finish));
    expect(userParts(back)).toBe(userParts(before));
    expect(finishing(back, PLAN, finish)).toBeUndefined();
  });

  it('a paused DeploymentConfig that was scaled differently since then is left alone', () => {
    const before = workload('DeploymentConfig', { replicas: 2, paused: true });
    const touched = apply(apply(before, halt(before, PLAN)), { spec: { replicas: 1 } });
    expect(resume(touched, PLAN)?.outcome).toBe('runsAlready');
  });

  it('a DeploymentConfig that was scaled to 0 while paused still has pods to halt', () => {
    const status = { status: { replicas: 2 } };
    expect(isHalted(workload('DeploymentConfig', { replicas: 0, paused: true }, undefined, status))).toBe(false);
    expect(isHalted(workload('DeploymentConfig', { replicas: 0, paused: true }))).toBe(true);
  });

  it('a machine that only a call starts is called when its former instance is gone', () => {
    const before = workload('VirtualMachine', { runStrategy: 'Manual' }, { team: 'shop' }, instance);
    const halted = apply(before, halt(before, PLAN));
    expect(halted.spec).toEqual({ runStrategy: 'Halted' });
    const { after, finish } = started(halted);
    expect(finish.isDue(after)).toBe(false);
    const gone = { ...after, status: { created: false } };
    expect(finish.isDue(gone)).toBe(true);
    expect(finish.call).toMatchObject({ subresource: 'start' });
    expect(started(gone).finish.call).toMatchObject({ subresource: 'start' });
    expect(userParts(apply(gone, finishing(gone, PLAN, finish)))).toBe(userParts(before));
    expect(resume({ ...after, status: instance.status }, PLAN)?.outcome).toBe('runsAlready');
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
    ['deploymentconfigs.apps.openshift.io', workload('DeploymentConfig', { replicas: 2 })],
    ['virtualmachines.kubevirt.io', workload('VirtualMachine', { running: true }, undefined, instance)],
    ...['Always', 'Once', 'RerunOnFailure'].map((runStrategy): [string, KubeObject] => [
      'virtualmachines.kubevirt.io',
      workload('VirtualMachine', { runStrategy }, undefined, instance),
    ]),
  ];
  const arrived = (groupResource: string, object: KubeObject): KubeObject =>
    ARRIVE_HALTED.filter(
      (arrival) =>
        arrival.groupResource === groupResource &&
        (!arrival.where || String(object.spec[arrival.where.field]) === arrival.where.value),
    ).reduce((changed, { patch }) => apply(changed, patch), object);

  it('knows every kind', () => {
    expect([...new Set(ARRIVE_HALTED.map(({ groupResource }) => groupResource))].sort()).toEqual(
      [...new Set(samples.map(([name]) => name))].sort(),
    );
  });

  it.each(samples)('halts %s', (groupResource, object) => {
    expect(isHalted(arrived(groupResource, object))).toBe(true);
  });

  it.each(samples)('changes nothing of %s that was backed up quiesced', (groupResource, object) => {
    const quiesced = apply(object, halt(object, PLAN));
    expect(arrived(groupResource, quiesced)).toEqual(quiesced);
  });

  it('leaves a machine that only a call starts its strategy', () => {
    const machine = workload('VirtualMachine', { runStrategy: 'Manual' });
    expect(arrived('virtualmachines.kubevirt.io', machine)).toEqual(machine);
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

describe('what others halted', () => {
  const finished = { status: { conditions: [{ type: 'Complete', status: 'True' }] } };
  const stopped = { status: { created: false } };
  it.each<[string, object, Record<string, string>, boolean, object?]>([
    ['Deployment', { replicas: 0 }, { [R]: '2' }, true],
    ['Deployment', { replicas: 0 }, { [R]: '2', [ANNOTATIONS.quiescedByPlan]: 'another' }, true],
    ['Deployment', { replicas: 0 }, { [R]: '2', ...OURS }, false],
    ['Deployment', { replicas: 1 }, { [R]: '2' }, false],
    ['Deployment', { replicas: 0 }, { [R]: '0' }, false],
    ['Deployment', { replicas: 0 }, { [R]: 'two' }, false],
    ['Deployment', { replicas: 0 }, {}, false],
    ['DeploymentConfig', { replicas: 0 }, { [R]: '1' }, true],
    ['StatefulSet', { replicas: 0 }, { [R]: '3' }, true],
    ['ReplicaSet', { replicas: 0 }, { [R]: '3' }, true],
    ['ReplicationController', { replicas: 0 }, { [R]: '3' }, true],
    ['DaemonSet', selecting(parked), { [N]: '{"disk":"ssd"}' }, true],
    ['DaemonSet', selecting({ disk: 'ssd' }), { [N]: 'null' }, false],
    ['CronJob', { suspend: true }, { [S]: 'true' }, true],
    ['CronJob', { suspend: true }, { [S]: 'false' }, true],
    ['CronJob', { suspend: true }, {}, false],
    ['Job', { parallelism: 0 }, { [R]: '2' }, true],
    ['Job', { parallelism: 0 }, { [R]: '2' }, false, finished],
    ['VirtualMachine', { running: false }, { [V]: 'true' }, true, stopped],
    ['VirtualMachine', { runStrategy: 'Halted' }, { [VS]: 'Always', [V]: 'true' }, true, stopped],
    ['VirtualMachine', { runStrategy: 'Halted' }, { [VS]: 'Manual', [V]: 'true' }, true, stopped],
    ['VirtualMachine', { runStrategy: 'Halted' }, {}, false, stopped],
  ])('%s %j with %j: %s', (kind, spec, annotations, expected, more) => {
    const object = workload(kind, spec, annotations, more);
    expect(isHaltedByOthers(object, PLAN)).toBe(expected);
    if (expected) {
      expect(resume(object, PLAN)).toBeUndefined();
      expect(resume(takenOver(object, PLAN), PLAN)).toMatchObject({ outcome: 'starts' });
      expect(describeSavedState(object)).not.toBe('');
    }
  });
});
