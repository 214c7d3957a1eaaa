import { describe, expect, it } from 'vitest';
import { mergePatch } from '../../test/kit/fakes/merge-patch.js';
import type { KubeObject } from '../meta/kube-object.js';
import { ANNOTATIONS } from '../meta/labels.js';
import type { MergePatch } from '../meta/merge-patch.js';
import { isPaused, isPausedByOwner, KEDA_KINDS, paused, pausing, releasing } from './keda.js';

const P = 'autoscaling.keda.sh/paused';
const R = 'autoscaling.keda.sh/paused-replicas';
const S = ANNOTATIONS.beforePause;

const scaler = (kind: string, annotations?: Record<string, string>): KubeObject => ({
  apiVersion: 'keda.sh/v1alpha1',
  kind,
  metadata: { name: 'web', namespace: 'shop', resourceVersion: '7', ...(annotations && { annotations }) },
  spec: { scaleTargetRef: { name: 'web' } },
});
const apply = (object: KubeObject, patch: MergePatch | undefined): KubeObject =>
  mergePatch(object, patch ?? {}) as KubeObject;

describe('what KEDA scales by', () => {
  it.each([
    ['ScaledObject', undefined, { [R]: '0', [S]: '{}' }],
    ['ScaledObject', { mine: 'kept' }, { mine: 'kept', [R]: '0', [S]: '{}' }],
    ['ScaledObject', { [R]: '3' }, { [R]: '0', [S]: `{"${R}":"3"}` }],
    ['ScaledObject', { [P]: 'true' }, { [P]: 'true', [R]: '0', [S]: '{}' }],
    ['ScaledJob', undefined, { [P]: 'true', [S]: '{}' }],
    ['ScaledJob', { [P]: 'false' }, { [P]: 'true', [S]: `{"${P}":"false"}` }],
  ] as [string, Record<string, string> | undefined, object][])(
    'a %s with %j rests, and comes back as it was',
    (kind, before, resting) => {
      const object = scaler(kind, before);
      const rests = apply(object, pausing(object));
      expect(rests.metadata.annotations).toEqual(resting);
      expect(paused(object).metadata.annotations).toEqual(resting);
      expect(isPaused(rests)).toBe(true);
      expect(pausing(rests)).toBeUndefined();
      expect(paused(rests)).toBe(rests);
      const back = apply(rests, releasing(rests));
      expect(back.metadata.annotations ?? {}).toEqual(before ?? {});
      expect(back.spec).toEqual(object.spec);
      expect(releasing(back)).toBeUndefined();
    },
  );

  it('is patched only as it was read', () => {
    const object = scaler('ScaledObject');
    expect(pausing(object)?.metadata).toMatchObject({ resourceVersion: '7' });
    expect(releasing(paused(object))?.metadata).toMatchObject({ resourceVersion: '7' });
  });

  it('comes back without a pause where the annotation was damaged', () => {
    const damaged = scaler('ScaledObject', { [R]: '0', [S]: '{' });
    expect(apply(damaged, releasing(damaged)).metadata.annotations ?? {}).toEqual({});
  });

  it.each([
    [{ [P]: 'true' }, true],
    [{ [R]: '0' }, true],
    [{ [P]: 'false' }, false],
    [undefined, false],
  ])('with %j rests by its owner: %s', (annotations, expected) => {
    expect(isPausedByOwner(scaler('ScaledObject', annotations))).toBe(expected);
  });

  it('other kinds are left alone', () => {
    expect(KEDA_KINDS.map(({ groupResource }) => groupResource)).toEqual([
      'scaledobjects.keda.sh',
      'scaledjobs.keda.sh',
    ]);
    const autoscaler = scaler('HorizontalPodAutoscaler');
    expect(paused(autoscaler)).toBe(autoscaler);
    expect([pausing(autoscaler), releasing(autoscaler)]).toEqual([undefined, undefined]);
  });
});
