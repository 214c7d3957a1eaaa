import type { ClusterClient } from '../../clusters/cluster-client.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { LABELS } from '../../resources/meta/labels.js';
import { includesKind } from '../../resources/plan/resource-selection.js';
import { formatLabelSelector } from '../../resources/run/label-selector.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import { arrivingTokenRequest, isTokenRequest, TOKEN_SECRET_TYPE } from '../../resources/transforms/left-behind.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { createdOnTarget, isMadeByRun, provenanceLabels } from '../kit/provenance.js';
import { readObjects } from '../kit/read-objects.js';
import { sourceNamespaces } from '../workloads/list-workloads.js';

const SECRET = { apiVersion: 'v1', kind: 'Secret' } as const;

/**
 * Makes on the target, empty, what people made on the source to hold a token of a service account: the target fills it. After the Restore,
 * since a request whose account is not there yet is deleted. Velero brings none of them: it takes some for the cluster's own.
 */
export async function requestTokens(
  deps: ActivityDependencies,
  run: RunRef,
  record: RunRecord,
  { source, target }: { source: ClusterClient; target: ClusterClient },
  signal: AbortSignal,
): Promise<void> {
  if (!includesKind(record, { group: '', kind: 'Secret' }) || record.excludedResources.includes('secrets')) return;
  const [found] = await readObjects(source, [SECRET], {
    namespaces: sourceNamespaces(record),
    labelSelector: formatLabelSelector(record.labelSelector),
    fieldSelector: `type=${TOKEN_SECRET_TYPE}`,
    signal,
  });
  const targetOf = new Map(record.namespaces.map((mapping) => [mapping.source, mapping.target]));
  const isOurs = ({ metadata }: KubeObject): boolean => metadata.labels?.[LABELS.helper] !== undefined;
  for (const request of (found?.objects ?? []).filter((secret) => isTokenRequest(secret) && !isOurs(secret))) {
    const namespace = targetOf.get(request.metadata.namespace ?? '') ?? '';
    const wanted = arrivingTokenRequest(request, { namespace, labels: provenanceLabels(record) });
    const { object } = await target.createIfAbsent(wanted, { signal });
    // A repeated activity may find what its predecessor made and could not record.
    if (isMadeByRun(object, record)) await deps.store.runs.recordCreated(run, [createdOnTarget(record, object)]);
  }
}
