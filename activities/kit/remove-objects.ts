import pLimit from 'p-limit';
import type { ClusterClient } from '../../clusters/cluster-client.js';
import { isNotFound } from '../../clusters/kubernetes-api-error.js';
import { describeReference, type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { listSome } from '../../resources/meta/listing.js';
import { CONCURRENCY } from './concurrency.js';
import { followUntil } from './follow-until.js';
import type { Pulse } from './pulse.js';

interface Removal {
  /** For pods; their own when absent. */
  gracePeriodSeconds?: number;
  /** Only as they were read: what was changed since is a conflict, and the attempt looks again. */
  unchanged?: true;
  /** e.g. `restored objects to be gone` */
  waitingFor: string;
}

/**
 * Deletes these very objects, by uid, and waits until they are gone. All are asked for before the first refusal is thrown. What it waits
 * for is shown with the finalizers that hold it.
 */
export async function removeObjects(
  client: ClusterClient,
  objects: readonly KubeObject[],
  { gracePeriodSeconds, unchanged, waitingFor }: Removal,
  pulse: Pulse,
): Promise<void> {
  if (objects.length === 0) return;
  const { signal } = pulse;
  const limited = pLimit(CONCURRENCY.objects);
  const options = { gracePeriodSeconds, propagationPolicy: 'Background', signal } as const;
  // What is being deleted already is only waited for, unless it is to be deleted faster.
  const asked = objects.filter(
    ({ metadata }) => metadata.deletionTimestamp === undefined || gracePeriodSeconds !== undefined,
  );
  const settled = await Promise.allSettled(
    asked.map((object) => {
      const { uid, resourceVersion } = object.metadata;
      const asRead = { uid, ...(unchanged && { resourceVersion }) };
      return limited(() => client.remove(referenceOf(object), { ...options, ...asRead }));
    }),
  );
  const refused = settled.find((result) => result.status === 'rejected');
  if (refused) throw refused.reason;
  await untilGone(client, objects, waitingFor, pulse);
}

/** Waits until these very objects are gone, whoever deleted them. */
export async function untilGone(
  client: ClusterClient,
  objects: readonly KubeObject[],
  waitingFor: string,
  pulse: Pulse,
): Promise<void> {
  const { signal } = pulse;
  const onChange = (left: readonly KubeObject[], progressed: boolean): void => {
    const seen = `Still there: ${listSome(left.map(describe))}.`;
    if (progressed) pulse.moved(seen);
    pulse.observe(seen, waitingFor);
  };
  for (let left = objects; left.length > 0; left = await present(client, left, signal)) {
    try {
      return await followUntil(client, left, () => false, { signal, pulse, onChange });
    } catch (error) {
      // The objects of a type that is no longer served are gone with it.
      if (!isNotFound(error)) throw error;
    }
  }
}

async function present(
  client: ClusterClient,
  objects: readonly KubeObject[],
  signal: AbortSignal,
): Promise<KubeObject[]> {
  const limited = pLimit(CONCURRENCY.objects);
  const found = await Promise.all(objects.map((object) => limited(() => client.get(referenceOf(object), { signal }))));
  return found.filter((object, index): object is KubeObject => object?.metadata.uid === objects[index]?.metadata.uid);
}

interface StatusParts {
  phase?: string;
  message?: string;
  conditions?: { type: string; status: string; message?: string }[];
}

/** With what holds it: finalizers, and what the status of a namespace or volume says. */
function describe(object: KubeObject): string {
  const { phase, message, conditions = [] }: StatusParts = object.status ?? {};
  const finalizers = object.metadata.finalizers ?? [];
  const reasons = [
    ...(finalizers.length > 0 ? [`finalizers ${finalizers.join(', ')}`] : []),
    ...(object.kind === 'PersistentVolume' && phase ? [`${phase}${message ? `: ${message}` : ''}`] : []),
    ...(object.kind === 'Namespace'
      ? conditions.filter(({ status }) => status === 'True').map((condition) => condition.message ?? condition.type)
      : []),
  ];
  return `${describeReference(referenceOf(object))}${reasons.length > 0 ? ` (${reasons.join('; ')})` : ''}`;
}
