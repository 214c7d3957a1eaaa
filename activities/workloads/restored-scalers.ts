import pLimit from 'p-limit';
import type { ClusterClient } from '../../clusters/cluster-client.js';
import { describeReference, type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { LABELS } from '../../resources/meta/labels.js';
import type { RunRecord, RunWarning } from '../../resources/run/run-record.js';
import { isPausedByOwner, KEDA_KINDS, pausing, releasing } from '../../resources/workloads/keda.js';
import { CONCURRENCY } from '../kit/concurrency.js';
import { patchNewest } from '../kit/patch-newest.js';
import { readObjects } from '../kit/read-objects.js';
import { targetNamespaces } from './list-workloads.js';

interface PatchOptions {
  signal: AbortSignal;
  /** Only asks the cluster whether it would do so. */
  dryRun?: boolean;
}

/** KEDA's objects on the target that runs of the plan brought. */
export async function restoredScalers(
  client: ClusterClient,
  record: RunRecord,
  signal: AbortSignal,
): Promise<KubeObject[]> {
  const labelSelector = `${LABELS.migratedByPlan}=${record.plan.uid}`;
  const read = await readObjects(client, KEDA_KINDS, { namespaces: targetNamespaces(record), labelSelector, signal });
  return read.flatMap(({ objects }) => objects);
}

/** Lets KEDA follow its objects again, before what they scale is started: otherwise it would be scaled to 0 again. */
export const releaseScalers = (
  client: ClusterClient,
  scalers: readonly KubeObject[],
  options: PatchOptions,
): Promise<void> => patchAll(client, scalers, releasing, options);

/** Makes KEDA leave at 0 what is scaled down. */
export const pauseScalers = (
  client: ClusterClient,
  scalers: readonly KubeObject[],
  options: PatchOptions,
): Promise<void> => patchAll(client, scalers, pausing, options);

async function patchAll(
  client: ClusterClient,
  scalers: readonly KubeObject[],
  change: typeof pausing,
  options: PatchOptions,
): Promise<void> {
  const limited = pLimit(CONCURRENCY.objects);
  await Promise.all(scalers.map((scaler) => limited(() => patchNewest(client, scaler, change, options))));
}

/** Those that are inactive because their owner paused them on the source keep what they scale as it is, perhaps at 0. */
export function pausedByOwners(scalers: readonly KubeObject[]): RunWarning[] {
  const names = scalers.filter(isPausedByOwner).map((object) => describeReference(referenceOf(object)));
  if (names.length === 0) return [];
  const message = `KEDA is paused on the target as it was on the source: ${names.join(', ')}. Remove their annotations autoscaling.keda.sh/paused and paused-replicas when KEDA is to scale them again; until then it may keep them at 0.`;
  return [{ type: 'ScalersPaused', reason: 'PausedOnSource', message }];
}
