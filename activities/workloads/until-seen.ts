import type { ClusterClient } from '../../clusters/cluster-client.js';
import { describeReference, type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { ANNOTATIONS } from '../../resources/meta/labels.js';
import { followUntil } from '../kit/follow-until.js';
import type { Pulse } from '../kit/pulse.js';

/** A Deployment that is paused before its controller has seen it never gets a ReplicaSet to scale. */
export async function untilObserved(
  client: ClusterClient,
  restored: readonly KubeObject[],
  pulse: Pulse,
): Promise<void> {
  const paused = restored.filter(({ metadata }) => metadata.annotations?.[ANNOTATIONS.preQuiescePaused] === 'true');
  await followUntil(
    client,
    paused,
    ({ metadata, status }) => status?.observedGeneration >= (metadata.generation ?? 0),
    {
      signal: pulse.signal,
      pulse,
      onChange: (unseen) => pulse.observe(unseen.map((object) => describeReference(referenceOf(object))).join(', ')),
    },
  );
}
