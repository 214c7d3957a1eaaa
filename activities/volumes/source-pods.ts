import type { KubeObject } from '../../resources/meta/kube-object.js';
import { POD } from '../../resources/meta/kube-object.js';
import { mountedClaims, podSpecOf, usesClaims } from '../../resources/workloads/claim-references.js';
import { isFinishedPod } from '../../resources/workloads/ownership.js';
import { FRESH, RECENT, sharedReads } from '../kit/shared-reads.js';
import { listWorkloads } from '../workloads/list-workloads.js';
import type { LiveVolumeRun } from './volume-run.js';

const CLAIM = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' } as const;

/** The application's pod that has the source volume mounted, if one runs. */
export async function mountingPod({ volume, source, signal }: LiveVolumeRun): Promise<KubeObject | undefined> {
  const { namespace, claim } = volume.source;
  // After quiesce, one that ended a moment ago must not decide where the copy runs.
  const items = await sharedReads(source).list(POD, { namespace }, { age: FRESH, signal });
  const mounting = items.filter(
    (pod) => mountedClaims(pod).includes(claim) && !isFinishedPod(pod) && pod.spec?.nodeName !== undefined,
  );
  return (await source.withoutHelpers(mounting))[0];
}

/** The definition by which the application's pods mount the source volume: of one that runs, else of a workload that would make one. */
export async function applicationPod(live: LiveVolumeRun): Promise<KubeObject['spec'] | undefined> {
  const pod = await mountingPod(live);
  if (pod) return pod.spec;
  const { volume, source, signal } = live;
  const { namespace } = volume.source;
  const workloads = await sharedReads(source).once(
    `workloads ${namespace}`,
    () => listWorkloads(source, { namespaces: [namespace] }),
    { age: RECENT, signal },
  );
  const user = workloads.find((workload) => usesClaims(workload, new Set([volume.source.claim])));
  return user && podSpecOf(user);
}

/** How the source claim may be mounted. */
export async function sourceAccessModes({ volume, source, signal }: LiveVolumeRun): Promise<string[]> {
  const { namespace, claim: name } = volume.source;
  const claims = await sharedReads(source).list(CLAIM, { namespace }, { age: FRESH, signal });
  return claims.find(({ metadata }) => metadata.name === name)?.spec?.accessModes ?? [];
}

/** Only a volume that many nodes may mount is read from wherever there is room. */
export const isTiedToNode = (modes: readonly string[]): boolean =>
  !modes.some((mode) => mode === 'ReadWriteMany' || mode === 'ReadOnlyMany');
