import type { KubeObject } from '../../meta/kube-object.js';
import { ANNOTATIONS } from '../../meta/labels.js';
import type { WorkloadKind } from '../workload-kind.js';

/** Kinds whose pods are counted by one number in their spec. */
export function counted(
  name: 'replicas' | 'parallelism',
): Pick<WorkloadKind, 'field' | 'annotation' | 'isHalted' | 'save' | 'halt' | 'arrive' | 'resume'> {
  // The API server fills in 1; an object that never passed through one may lack it.
  const count = (object: KubeObject): number => object.spec?.[name] ?? 1;
  return {
    field: () => [name],
    annotation: ANNOTATIONS.preQuiesceReplicas,
    isHalted: (object) => count(object) === 0,
    save: (object) => ({ [ANNOTATIONS.preQuiesceReplicas]: String(count(object)) }),
    halt: () => ({ [name]: 0 }),
    arrive: [{ patch: { [name]: 0 } }],
    resume: ({ [ANNOTATIONS.preQuiesceReplicas]: saved = '' }) =>
      /^\d{1,9}$/.test(saved) ? { [name]: Number(saved) } : undefined,
  };
}

export const replicas = counted('replicas');

export const savePaused = (object: KubeObject): Record<string, string> => ({
  ...replicas.save(object),
  ...(object.spec?.paused ? { [ANNOTATIONS.preQuiescePaused]: 'true' } : {}),
});

export const wasPaused = (saved: Record<string, string>): boolean => saved[ANNOTATIONS.preQuiescePaused] === 'true';
