import type { KubeObject } from '../../resources/kube-object.js';
import type { RunRecord } from '../../resources/run-record.js';
import { mountedClaims, usesClaims } from '../../resources/workloads/claim-references.js';

/** Claims of the run's volumes, by source namespace. */
const claimsOf = (record: RunRecord, namespace: string | undefined): Set<string> =>
  new Set(record.volumes.filter(({ source }) => source.namespace === namespace).map(({ source }) => source.claim));

export const isShared = ({ sharedNamespaces = [] }: RunRecord, namespace: string | undefined): boolean =>
  sharedNamespaces.includes(namespace ?? '');

/** Of a namespace that another plan names too, only what uses this run's claims is its to halt and to start. */
export const workloadIsOfRun = (record: RunRecord, workload: KubeObject): boolean => {
  const { namespace } = workload.metadata;
  return !isShared(record, namespace) || usesClaims(workload, claimsOf(record, namespace));
};

/** As {@link workloadIsOfRun}, of a pod on the source. */
export const podIsOfRun = (record: RunRecord, pod: KubeObject): boolean => {
  const { namespace } = pod.metadata;
  if (!isShared(record, namespace)) return true;
  const claims = claimsOf(record, namespace);
  return mountedClaims(pod).some((claim) => claims.has(claim));
};
