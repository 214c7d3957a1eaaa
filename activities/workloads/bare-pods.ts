import type { ClusterClient } from '../../clusters/cluster-client.js';
import { describeReference, type KubeObject, POD, referenceOf } from '../../resources/meta/kube-object.js';
import { includesKind } from '../../resources/plan/resource-selection.js';
import { formatLabelSelector } from '../../resources/run/label-selector.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import { arrivingPod, isBarePod } from '../../resources/workloads/bare-pod.js';
import { claimNames } from '../../resources/workloads/claim-names.js';
import type { ActivityDependencies, RunClient } from '../kit/dependencies.js';
import { createdOnTarget, isMadeByRun, provenanceLabels } from '../kit/provenance.js';
import { keepInRunLog } from '../kit/run-log.js';
import { sourceNamespaces } from './list-workloads.js';
import { isShared, usesVolumes } from './shared-namespaces.js';

interface Sides {
  source: RunClient;
  target: ClusterClient;
  signal: AbortSignal;
}

/** Pods of the source without a controller that the run migrates; none when it leaves pods out. */
export async function listBarePods(client: RunClient, record: RunRecord, signal: AbortSignal): Promise<KubeObject[]> {
  if (record.excludedResources.includes('pods') || !includesKind(record, { group: '', kind: 'Pod' })) return [];
  const labelSelector = formatLabelSelector(record.labelSelector);
  const lists = await Promise.all(
    sourceNamespaces(record).map((namespace) => client.list(POD, { namespace, labelSelector, signal })),
  );
  return client.withoutHelpers(
    lists
      .flatMap(({ items }) => items)
      .filter((pod) => isBarePod(pod) && (!isShared(record, pod.metadata.namespace) || usesVolumes(record, pod))),
  );
}

/** Asks the target whether it would take them. */
export async function rehearseBarePods(record: RunRecord, { source, target, signal }: Sides): Promise<void> {
  for (const pod of await listBarePods(source, record, signal)) {
    const made = arriving(pod, record);
    if (await target.get(referenceOf(made), { signal })) continue;
    await target.create(made, { dryRun: true, signal });
  }
}

/** Makes them on the target, where the Restore left them out: a pod would have run as soon as it arrived. */
export async function createBarePods(
  deps: ActivityDependencies,
  run: RunRef,
  record: RunRecord,
  { source, target, signal }: Sides,
): Promise<void> {
  for (const pod of await listBarePods(source, record, signal)) {
    const { object, created } = await target.createIfAbsent(arriving(pod, record), { signal });
    // A repeated activity may find what its predecessor made and could not record.
    if (isMadeByRun(object, record)) {
      await deps.store.runs.recordCreated(run, [createdOnTarget(record, object)]);
    }
    const what = created ? 'was created' : 'is there already and was left as it is';
    await keepInRunLog(deps, run, 'start', [`${describeReference(referenceOf(object))} ${what} on the target.`]);
  }
}

function arriving(pod: KubeObject, record: RunRecord): KubeObject {
  const { namespace = '' } = pod.metadata;
  return arrivingPod(pod, {
    namespace: record.namespaces.find(({ source }) => source === namespace)?.target ?? namespace,
    labels: provenanceLabels(record),
    claims: Object.fromEntries(claimNames(record, namespace)),
  });
}
