import type { ClusterClient } from '../../clusters/cluster-client.js';
import { KubernetesApiError } from '../../clusters/kubernetes-api-error.js';
import { describeReference, type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { finishing, type Release } from '../../resources/workloads/quiesce.js';
import type { Finish } from '../../resources/workloads/workload-kind.js';
import { followUntil } from '../kit/follow-until.js';
import { patchNewest } from '../kit/patch-newest.js';

export interface FinishOptions extends Release {
  signal: AbortSignal;
  /** Seconds a controller gets for the first half of what takes two. */
  patienceSeconds?: number;
  /** For what could not be brought back in every detail; each a sentence for the operator. */
  tell?: (line: string) => Promise<void>;
}

/**
 * The second half of bringing a workload back, when its controller has finished the first. A controller that takes too long must not
 * hold up an unwind: the workload then runs without the second half, and the operator is told.
 */
export async function finishResuming(
  client: ClusterClient,
  planUid: string,
  object: KubeObject,
  {
    finish,
    signal,
    keepAnnotations,
    patienceSeconds = 300,
    tell = async () => undefined,
  }: FinishOptions & { finish: Finish },
): Promise<void> {
  const title = describeReference(referenceOf(object));
  const release = (end: Finish) =>
    patchNewest(client, object, (newest) => finishing(newest, planUid, end, { keepAnnotations }), { signal });
  const patience = AbortSignal.timeout(patienceSeconds * 1_000);
  try {
    await followUntil(client, [object], finish.isDue, {
      signal: AbortSignal.any([signal, patience]),
      onChange: () => undefined,
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!patience.aborted) throw error;
    await tell(`${title} on ${client.name} waited ${patienceSeconds} s for ${finish.waitsFor}, without success.`);
    await release({ ...finish, spec: undefined });
    return;
  }
  if (finish.call) await request(client, object, finish.call, { signal, tell });
  await release(finish);
}

async function request(
  client: ClusterClient,
  { metadata, ...object }: KubeObject,
  { group, version, plural, subresource }: NonNullable<Finish['call']>,
  { signal, tell }: Required<Pick<FinishOptions, 'signal' | 'tell'>>,
): Promise<void> {
  const { namespace, name } = metadata;
  const path = `/apis/${group}/${version}/namespaces/${namespace}/${plural}/${name}/${subresource}`;
  try {
    await client.request('PUT', path, { body: {}, contentType: 'application/json', signal });
  } catch (error) {
    // It runs already, or is gone; anything that passes is tried again with the whole activity.
    if (!(error instanceof KubernetesApiError) || error.retryable) throw error;
    await tell(
      `${object.kind} ${namespace}/${name} on ${client.name} was not told to ${subresource}: ${error.message}`,
    );
  }
}
