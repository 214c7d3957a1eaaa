import type { ClusterClient } from '../../../clusters/cluster-client.js';
import { KubernetesApiError } from '../../../clusters/kubernetes-api-error.js';
import type { KubeObject } from '../../../resources/meta/kube-object.js';
import type { RunRecord } from '../../../resources/run/run-record.js';
import { type Placement, placementOf } from '../../../resources/workloads/placement.js';
import { createOwn } from '../../kit/create-own.js';

/** As whom a transfer pod runs. Restricted pods copy only what their user and groups may read. */
export type PodIdentity = { root: true } | { root: false; user?: number; group?: number; groups: number[] };

/** User and groups the application's files belong to, as far as one of its pods tells. */
export interface WorkloadIdentity {
  user?: number;
  group?: number;
  /** fsGroup and supplemental groups. */
  groups: number[];
  /** Nodes the application may run on. */
  placement?: Placement;
}

/** Numeric user of last resort for restricted pods: the one that Linux distributions keep for processes without any rights of their own. */
const UNPRIVILEGED_USER = 65_534;

export function workloadIdentity(pod: KubeObject | { spec: KubeObject['spec'] }, claim: string): WorkloadIdentity {
  const ofPod = pod.spec?.securityContext ?? {};
  const placement = placementOf(pod.spec);
  const volumes: { name: string; persistentVolumeClaim?: { claimName: string } }[] = pod.spec?.volumes ?? [];
  const names = volumes.filter((volume) => volume.persistentVolumeClaim?.claimName === claim).map(({ name }) => name);
  const containers: {
    volumeMounts?: { name: string }[];
    securityContext?: { runAsUser?: number; runAsGroup?: number };
  }[] = pod.spec?.containers ?? [];
  const ofContainer =
    containers.find(({ volumeMounts }) => volumeMounts?.some(({ name }) => names.includes(name)))?.securityContext ??
    {};
  return {
    user: ofContainer.runAsUser ?? ofPod.runAsUser,
    group: ofContainer.runAsGroup ?? ofPod.runAsGroup,
    groups: [...(ofPod.fsGroup === undefined ? [] : [ofPod.fsGroup]), ...(ofPod.supplementalGroups ?? [])],
    ...(Object.keys(placement).length > 0 && { placement }),
  };
}

/**
 * Identities to try in this order: root where it is not ruled out, then the application's.
 *
 * @param namespace the one the pod runs in
 */
export function identitiesToTry(
  { runAsRoot, runAsUser, runAsGroup }: RunRecord['options'],
  workload: WorkloadIdentity,
  namespace: KubeObject | undefined,
): PodIdentity[] {
  const user = runAsUser ?? workload.user ?? firstUserOf(namespace) ?? UNPRIVILEGED_USER;
  const restricted: PodIdentity = {
    root: false,
    // A namespace that forbids root has no pod of a workload that runs as root; user id 0 would not be admitted either.
    user: user === 0 ? UNPRIVILEGED_USER : user,
    group: runAsGroup ?? workload.group,
    groups: workload.groups,
  };
  return runAsRoot === false ? [restricted] : [{ root: true }, restricted];
}

/** OpenShift gives each namespace a range of user ids: `1000650000/10000`. */
function firstUserOf(namespace: KubeObject | undefined): number | undefined {
  const range = namespace?.metadata.annotations?.['openshift.io/sa.scc.uid-range'];
  const first = Number.parseInt(range ?? '', 10);
  return Number.isNaN(first) ? undefined : first;
}

/** Creates the first of several variants of a pod that the namespace's pod security admits, or returns the one that is there. */
export async function createAdmitted(
  client: ClusterClient,
  [pod, ...others]: KubeObject[],
  signal: AbortSignal,
): Promise<KubeObject> {
  if (!pod) throw new Error('There is no variant of the pod to create.');
  try {
    return await createOwn(client, pod, { signal });
  } catch (error) {
    if (others.length === 0 || !isPodSecurityRefusal(error)) throw error;
    return createAdmitted(client, others, signal);
  }
}

/** By Pod Security admission, or by OpenShift's security context constraints. */
const isPodSecurityRefusal = (error: unknown): boolean =>
  error instanceof KubernetesApiError && error.refusal === 'podSecurity';
