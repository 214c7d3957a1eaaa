import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../meta/kube-object.js';
import { LABELS } from '../meta/labels.js';
import { helperName } from '../run/names.js';
import { isHelper, templateLabelsOf } from './helpers.js';

const RUNS = new Set(['run-uid']);
const HOOK = helperName({ uid: 'run-uid' }, 'hook-prebackup');
const object = (kind: string, label?: string, controller?: string, name = HOOK): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: {
    name,
    ...(label !== undefined && { labels: { [LABELS.helper]: label } }),
    ...(controller && {
      ownerReferences: [{ apiVersion: 'v1', kind: controller, name, uid: 'owner', controller: true }],
    }),
  },
});

describe('a helper of ours', () => {
  it.each<[string, KubeObject, boolean]>([
    ['a pod of a recorded run', object('Pod', 'run-uid'), true],
    ['a pod of a Job of a recorded run', object('Pod', 'run-uid', 'Job'), true],
    ['a Job of a recorded run', object('Job', 'run-uid'), true],
    ["a Job made from a helper's manifest", object('Job', 'run-uid', undefined, 'copy'), false],
    ["a Job made from another run's", object('Job', 'run-uid', undefined, 'mtc-hook-prebackup-other'), false],
    ["a pod of a Job made from a helper's manifest", object('Pod', 'run-uid', 'Job', 'copy'), false],
    ['a Secret of a recorded run', object('Secret', 'run-uid'), true],
    ['a pod without the label', object('Pod'), false],
    ['a pod of a run that is not recorded', object('Pod', 'x'), false],
    ['a pod whose label is empty', object('Pod', ''), false],
    [
      "a pod that carries a recorded run's label and is kept by an application",
      object('Pod', 'run-uid', 'ReplicaSet'),
      false,
    ],
    ["a Deployment with a recorded run's label", object('Deployment', 'run-uid'), false],
    ["a StatefulSet with a recorded run's label", object('StatefulSet', 'run-uid'), false],
    ["a Job that a CronJob made, with a recorded run's label", object('Job', 'run-uid', 'CronJob'), false],
  ])('%s: %#', (_, found, expected) => {
    expect(isHelper(found, RUNS)).toBe(expected);
  });
});

it('labels of the pods are those of the template, of a CronJob that of its Jobs', () => {
  const template = { metadata: { labels: { a: 'b' } } };
  expect(templateLabelsOf({ ...object('Deployment'), spec: { template } })).toEqual({ a: 'b' });
  expect(templateLabelsOf({ ...object('CronJob'), spec: { jobTemplate: { spec: { template } } } })).toEqual({ a: 'b' });
  expect(templateLabelsOf(object('Pod'))).toEqual({});
});
