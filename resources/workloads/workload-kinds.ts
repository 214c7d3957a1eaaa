import type { KubeObject } from '../kube-object.js';
import { ANNOTATIONS, QUIESCE_NODE_SELECTOR } from '../labels.js';
import { controllerOf } from './ownership.js';

/** A JSON merge patch (RFC 7386) or a part of one: null removes a field. */
export type MergePatch = Record<string, unknown>;

type Annotations = Record<string, string>;

/** How one kind of workload is halted and brought back. All patches are of `spec`. */
export interface WorkloadKind {
  apiVersion: string;
  kind: string;
  /** `plural.group`, as Velero and `kubectl api-resources` name it. */
  groupResource: string;
  /** Path of the field that halts it, below `spec`. */
  field: string[];
  /** Annotation that keeps what `field` held while the workload is halted. */
  annotation: string;
  /** False for objects that follow another workload and are halted with it. */
  stands: (object: KubeObject) => boolean;
  /** Its controller keeps no pod of it running and starts none. */
  isHalted: (object: KubeObject) => boolean;
  /** The present state as annotations keep it. */
  save: (object: KubeObject) => Annotations;
  halt: (object: KubeObject) => MergePatch;
  /** What halts on the target any object that arrives there, beside `halt`. */
  arrive?: MergePatch;
  /** Undefined when the annotations are not what `save` writes. */
  resume: (saved: Annotations) => MergePatch | undefined;
}

const hasNoController = (object: KubeObject): boolean => controllerOf(object) === undefined;

const counted = (
  field: 'replicas' | 'parallelism',
): Pick<WorkloadKind, 'field' | 'annotation' | 'isHalted' | 'save' | 'halt' | 'resume'> => {
  // The API server fills in 1; an object that never passed through one may lack it.
  const count = (object: KubeObject): number => object.spec?.[field] ?? 1;
  return {
    field: [field],
    annotation: ANNOTATIONS.preQuiesceReplicas,
    isHalted: (object) => count(object) === 0,
    save: (object) => ({ [ANNOTATIONS.preQuiesceReplicas]: String(count(object)) }),
    halt: () => ({ [field]: 0 }),
    resume: ({ [ANNOTATIONS.preQuiesceReplicas]: saved = '' }) =>
      /^\d{1,9}$/.test(saved) ? { [field]: Number(saved) } : undefined,
  };
};

const replicas = counted('replicas');

/**
 * A paused Deployment stays paused on the source, unlike with MTC: its controller scales it all the same, and un-pausing would let the
 * rollout go on that its owner holds back. On the target it is paused only when it starts: arriving paused, it would never get a
 * ReplicaSet.
 */
const deployment: WorkloadKind = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  groupResource: 'deployments.apps',
  stands: () => true,
  ...replicas,
  save: (object) => ({
    ...replicas.save(object),
    ...(object.spec?.paused ? { [ANNOTATIONS.preQuiescePaused]: 'true' } : {}),
  }),
  arrive: { paused: null },
  resume: (saved) => {
    const spec = replicas.resume(saved);
    return spec && saved[ANNOTATIONS.preQuiescePaused] === 'true' ? { ...spec, paused: true } : spec;
  },
};

const statefulSet: WorkloadKind = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  groupResource: 'statefulsets.apps',
  stands: () => true,
  ...replicas,
};

const replicaSet: WorkloadKind = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  groupResource: 'replicasets.apps',
  stands: hasNoController,
  ...replicas,
};

const replicationController: WorkloadKind = {
  apiVersion: 'v1',
  kind: 'ReplicationController',
  groupResource: 'replicationcontrollers',
  stands: hasNoController,
  ...replicas,
};

const [parkingLabel] = Object.keys(QUIESCE_NODE_SELECTOR) as [keyof typeof QUIESCE_NODE_SELECTOR];

const daemonSet: WorkloadKind = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  groupResource: 'daemonsets.apps',
  field: ['template', 'spec', 'nodeSelector'],
  annotation: ANNOTATIONS.preQuiesceNodeSelector,
  stands: () => true,
  isHalted: (object) => nodeSelectorOf(object)[parkingLabel] === QUIESCE_NODE_SELECTOR[parkingLabel],
  save: (object) => ({ [ANNOTATIONS.preQuiesceNodeSelector]: JSON.stringify(nodeSelectorOf(object)) }),
  halt: (object) => withNodeSelector({ ...cleared(nodeSelectorOf(object)), ...QUIESCE_NODE_SELECTOR }),
  resume: ({ [ANNOTATIONS.preQuiesceNodeSelector]: saved = '' }) => {
    const selector = parseSelector(saved);
    return selector && withNodeSelector(isEmpty(selector) ? null : { [parkingLabel]: null, ...selector });
  },
};

const cronJob: WorkloadKind = {
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  groupResource: 'cronjobs.batch',
  field: ['suspend'],
  annotation: ANNOTATIONS.preQuiesceSuspend,
  stands: () => true,
  // One that its owner had suspended counts as halted, so it is never annotated and never started.
  isHalted: (object) => object.spec?.suspend === true,
  save: () => ({ [ANNOTATIONS.preQuiesceSuspend]: 'false' }),
  halt: () => ({ suspend: true }),
  resume: () => ({ suspend: false }),
};

const parallelism = counted('parallelism');

const job: WorkloadKind = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  groupResource: 'jobs.batch',
  stands: () => true,
  ...parallelism,
  // A suspended one is halted all the same: queues such as Kueue resume Jobs by themselves.
  isHalted: (object) => isFinishedJob(object) || parallelism.isHalted(object),
};

/** In the order they are halted: a CronJob before the Jobs it might still make. */
export const WORKLOAD_KINDS: readonly WorkloadKind[] = [
  cronJob,
  deployment,
  statefulSet,
  replicaSet,
  replicationController,
  daemonSet,
  job,
];

export function workloadKindOf(object: Pick<KubeObject, 'kind'>): WorkloadKind {
  const found = WORKLOAD_KINDS.find(({ kind }) => kind === object.kind);
  if (!found) throw new Error(`${object.kind} is no workload kind`);
  return found;
}

/** Complete or failed: its controller does nothing more for it. */
export const isFinishedJob = (object: KubeObject): boolean =>
  (object.status?.conditions ?? []).some(
    (condition: { type: string; status: string }) =>
      (condition.type === 'Complete' || condition.type === 'Failed') && condition.status === 'True',
  );

type NodeSelector = Record<string, string>;

const nodeSelectorOf = (object: KubeObject): NodeSelector => object.spec?.template?.spec?.nodeSelector ?? {};

const withNodeSelector = (nodeSelector: Record<string, string | null> | null): MergePatch => ({
  template: { spec: { nodeSelector } },
});

const cleared = (selector: NodeSelector): Record<string, null> =>
  Object.fromEntries(Object.keys(selector).map((key) => [key, null]));

const isEmpty = (selector: NodeSelector): boolean => Object.keys(selector).length === 0;

/** MTC writes `null` for a DaemonSet without a node selector. */
function parseSelector(saved: string): NodeSelector | undefined {
  try {
    const parsed: unknown = JSON.parse(saved) ?? {};
    const isSelector =
      typeof parsed === 'object' &&
      !Array.isArray(parsed) &&
      Object.values(parsed as object).every((value) => typeof value === 'string');
    return isSelector ? (parsed as NodeSelector) : undefined;
  } catch {
    return undefined;
  }
}
