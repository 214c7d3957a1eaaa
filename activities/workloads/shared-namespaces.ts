import type { KubeObject } from '../../resources/meta/kube-object.js';
import type { RunActions } from '../../resources/run/actions.js';
import type { RunRecord } from '../../resources/run/run-record.js';
import { usesClaims } from '../../resources/workloads/claim-references.js';

/** Of a namespace that another plan names too, only what uses this run's claims is its to halt and to start. */
export const isShared = ({ sharedNamespaces = [] }: RunRecord, namespace: string | undefined): boolean =>
  sharedNamespaces.includes(namespace ?? '');

/** Whether a workload or pod of the source uses claims of the run's volumes; after a conversion, those that took their place. */
export const usesVolumes = ({ volumes, does }: RunRecord, object: KubeObject): boolean => {
  const { namespace } = object.metadata;
  const claims = volumes.flatMap(({ source, target }) => [
    ...(source.namespace === namespace ? [source.claim] : []),
    ...(MAY_USE_TARGET_CLAIMS.includes(does.starts) && target.namespace === namespace ? [target.claim] : []),
  ]);
  return usesClaims(object, new Set(claims));
};

/** Of what these runs start, workloads may refer to converted claims. */
const MAY_USE_TARGET_CLAIMS: readonly RunActions['starts'][] = ['source-on-new-claims', 'source'];
