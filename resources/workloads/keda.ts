import type { KubeObject } from '../meta/kube-object.js';
import { ANNOTATIONS } from '../meta/labels.js';
import type { MergePatch } from '../meta/merge-patch.js';

const PAUSED = 'autoscaling.keda.sh/paused';
const PAUSED_REPLICAS = 'autoscaling.keda.sh/paused-replicas';

/** KEDA's annotations by which one of its objects rests, by kind; a ScaledObject then keeps its workload at 0 besides. */
const PAUSE: Record<string, Record<string, string>> = {
  ScaledObject: { [PAUSED_REPLICAS]: '0' },
  ScaledJob: { [PAUSED]: 'true' },
};

/**
 * KEDA's objects, which start what stands at 0, and Jobs, by themselves: they rest for as long as the application does. Not so the
 * HorizontalPodAutoscalers that KEDA makes, which do nothing at 0.
 */
export const KEDA_KINDS = Object.keys(PAUSE).map((kind) => ({
  apiVersion: 'keda.sh/v1alpha1',
  kind,
  groupResource: `${kind.toLowerCase()}s.keda.sh`,
}));

/** Whether one rests because of us. */
export const isPaused = ({ metadata }: KubeObject): boolean =>
  metadata.annotations?.[ANNOTATIONS.beforePause] !== undefined;

/** The object as it rests, with its owner's own annotations saved. */
export function paused(object: KubeObject): KubeObject {
  const annotations = pauseAnnotations(object);
  return annotations
    ? { ...object, metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, ...annotations } } }
    : object;
}

/** The patch that has it rest, valid only for the state it was made from; undefined when it does already. */
export function pausing(object: KubeObject): MergePatch | undefined {
  const annotations = pauseAnnotations(object);
  return annotations && { metadata: { resourceVersion: object.metadata.resourceVersion, annotations } };
}

function pauseAnnotations({ kind, metadata: { annotations = {} } }: KubeObject): Record<string, string> | undefined {
  const pause = PAUSE[kind];
  if (!pause || annotations[ANNOTATIONS.beforePause] !== undefined) return undefined;
  const own = Object.fromEntries(Object.keys(pause).flatMap((key) => entryOf(annotations, key)));
  return { ...pause, [ANNOTATIONS.beforePause]: JSON.stringify(own) };
}

const entryOf = (annotations: Record<string, string>, key: string): [string, string][] => {
  const value = annotations[key];
  return value === undefined ? [] : [[key, value]];
};

/** The patch after which it does what its owner wants again; undefined when it does not rest because of us. */
export function releasing(object: KubeObject): MergePatch | undefined {
  const { annotations = {}, resourceVersion } = object.metadata;
  const saved = annotations[ANNOTATIONS.beforePause];
  const pause = PAUSE[object.kind];
  if (!pause || saved === undefined) return undefined;
  const own = parse(saved);
  const former = Object.fromEntries(Object.keys(pause).map((key) => [key, own[key] ?? null]));
  return { metadata: { resourceVersion, annotations: { ...former, [ANNOTATIONS.beforePause]: null } } };
}

/** Whether its owner has it rest, apart from us. */
export const isPausedByOwner = ({ metadata }: KubeObject): boolean => {
  const { annotations = {} } = metadata;
  return annotations[PAUSED] === 'true' || annotations[PAUSED_REPLICAS] !== undefined;
};

/** What can no longer be read is taken for none: the application must not stay down over an annotation. */
function parse(saved: string): Record<string, string> {
  try {
    const own: unknown = JSON.parse(saved);
    return typeof own === 'object' && own !== null ? (own as Record<string, string>) : {};
  } catch {
    return {};
  }
}
