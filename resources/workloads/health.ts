import type { KubeObject } from '../meta/kube-object.js';
import { isFinishedPod } from './ownership.js';
import { isFinishedJob } from './workload-kinds.js';

/** What a workload's status says of its pods. */
export interface Health {
  /** Its controller has seen the present spec and made the pods it may make now, ready or not. */
  started: boolean;
  /** All its pods do their work. */
  available: boolean;
  /** For the operator, e.g. `1 of 3 pods available`. */
  message: string;
}

type HealthRule = (object: KubeObject) => Health;

const wanted = (object: KubeObject): number => object.spec?.replicas ?? 1;

const counted = (
  object: KubeObject,
  pods: { want: number; startedFrom?: number; made: number; good: number },
): Health => {
  const status = object.status ?? {};
  const seen = (status.observedGeneration ?? 0) >= (object.metadata.generation ?? 0);
  return {
    started: seen && pods.made >= (pods.startedFrom ?? pods.want),
    available: seen && pods.good >= pods.want,
    message: seen ? `${pods.good} of ${pods.want} pods available` : 'its controller has not seen it yet',
  };
};

const deployment: HealthRule = (object) => {
  const { replicas = 0, availableReplicas = 0, updatedReplicas = 0 } = object.status ?? {};
  const want = wanted(object);
  // A paused one keeps the pods of an older template, or has none if it never rolled out, and that is as it should be.
  return object.spec?.paused
    ? counted(object, { want, startedFrom: 0, made: replicas, good: availableReplicas })
    : counted(object, { want, made: replicas, good: Math.min(availableReplicas, updatedReplicas) });
};

const statefulSet: HealthRule = (object) => {
  const { replicas = 0, availableReplicas, readyReplicas = 0 } = object.status ?? {};
  const want = wanted(object);
  const oneByOne = object.spec?.podManagementPolicy !== 'Parallel';
  return counted(object, {
    want,
    startedFrom: oneByOne ? Math.min(1, want) : want,
    made: replicas,
    good: availableReplicas ?? readyReplicas,
  });
};

const replicated: HealthRule = (object) => {
  const { replicas = 0, availableReplicas = 0 } = object.status ?? {};
  return counted(object, { want: wanted(object), made: replicas, good: availableReplicas });
};

const virtualMachine: HealthRule = ({ spec, status = {} }) => {
  const rests = spec?.runStrategy === 'Halted' || (spec?.runStrategy === undefined && spec?.running !== true);
  // Under other strategies than these two a machine may have ended, or been stopped, rightly.
  const mustRun = spec?.runStrategy === 'Always' || spec?.running === true;
  const mayRest = rests || (!mustRun && status.printableStatus === 'Stopped');
  return {
    started: mayRest || status.created === true,
    available: mayRest || status.ready === true,
    message: status.printableStatus ?? 'its controller has not seen it yet',
  };
};

const daemonSet: HealthRule = (object) => {
  const { desiredNumberScheduled = 0, currentNumberScheduled = 0, numberAvailable = 0 } = object.status ?? {};
  return counted(object, { want: desiredNumberScheduled, made: currentNumberScheduled, good: numberAvailable });
};

const cronJob: HealthRule = () => ({ started: true, available: true, message: 'waits for its next time' });

const job: HealthRule = (object) => {
  const { active = 0, ready = 0, succeeded = 0 } = object.status ?? {};
  const rests = isFinishedJob(object) || object.spec?.suspend === true || object.spec?.parallelism === 0;
  return {
    started: rests || active > 0 || succeeded > 0,
    available: rests || ready > 0 || succeeded > 0,
    message: `${active} pods active, ${ready} ready, ${succeeded} succeeded`,
  };
};

const pod: HealthRule = (object) => {
  const conditions: { type: string; status: string }[] = object.status?.conditions ?? [];
  const ready = conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
  return {
    started: object.status?.phase !== 'Pending',
    available: ready || isFinishedPod(object),
    message: `phase ${object.status?.phase ?? 'unknown'}`,
  };
};

const RULES: Record<string, HealthRule> = {
  Deployment: deployment,
  DeploymentConfig: deployment,
  StatefulSet: statefulSet,
  ReplicaSet: replicated,
  ReplicationController: replicated,
  DaemonSet: daemonSet,
  CronJob: cronJob,
  Job: job,
  VirtualMachine: virtualMachine,
  Pod: pod,
};

/** Of a workload or a pod without one. */
export function healthOf(object: KubeObject): Health {
  const rule = RULES[object.kind];
  if (!rule) throw new Error(`nothing is known of the health of a ${object.kind}`);
  return rule(object);
}

/** Counts in the status of any kind that grow while pods are created, get ready and stay so. */
const COUNTS = [
  'replicas',
  'updatedReplicas',
  'readyReplicas',
  'availableReplicas',
  'currentNumberScheduled',
  'updatedNumberScheduled',
  'numberReady',
  'numberAvailable',
  'active',
  'ready',
  'succeeded',
];

/** How far a workload or pod has come: one more pod that is there, ready or available is one more. */
export function progressOf(object: KubeObject): number {
  const status: Record<string, unknown> = object.status ?? {};
  const counts = COUNTS.map((name) => status[name]).filter((count) => typeof count === 'number');
  const { started, available } = healthOf(object);
  return counts.reduce((sum, count) => sum + count, Number(started) + Number(available));
}

/** How long a pod must be ready before it counts as available: so long nothing need move. */
export const settlingSeconds = ({ spec }: KubeObject): number => Math.max(0, Number(spec?.minReadySeconds) || 0);
