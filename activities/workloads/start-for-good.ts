import type { ClusterClient } from '../../clusters/cluster-client.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { hasCommitted } from '../../resources/run/facts.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { tellOf } from '../kit/run-log.js';
import { recordWhileRunning } from '../kit/while-running.js';
import { releaseScalers } from './restored-scalers.js';
import { resumeWorkloads } from './resume-workloads.js';

/** Where and what a run starts, with a signal that ends every call. */
export interface Start {
  record: RunRecord;
  client: ClusterClient;
  workloads: readonly KubeObject[];
  /** KEDA's objects that were brought along. */
  scalers?: readonly KubeObject[];
  signal: AbortSignal;
}

/**
 * Starts the workloads that a run has brought to their new place. The commit point is recorded before the first one; a worker that is
 * too late for the run starts none.
 *
 * @param check checks what may refuse the start, as long as the source can still come back; after the commit point, what still matters
 */
export async function startForGood(
  deps: ActivityDependencies,
  run: RunRef,
  { record, client, workloads, scalers = [], signal }: Start,
  check: (isCommitted: boolean) => Promise<void>,
): Promise<void> {
  const isCommitted = hasCommitted((await deps.store.runs.get(run))?.facts);
  await check(isCommitted);
  if (!isCommitted) await recordWhileRunning(deps, run, { commitPoint: new Date().toISOString() });
  await releaseScalers(client, scalers, { signal });
  await resumeWorkloads(client, record.plan.uid, workloads, {
    signal,
    keepAnnotations: record.options.keepAnnotations,
    patienceSeconds: record.settings.patience.start,
    tell: tellOf(deps, run, 'start'),
  });
}

/** Asks the cluster, by dry runs, whether it would let workloads start: policies, webhooks and quotas may refuse it. */
export async function rehearseResuming({ record, client, workloads, scalers = [], signal }: Start): Promise<void> {
  await releaseScalers(client, scalers, { signal, dryRun: true });
  await resumeWorkloads(client, record.plan.uid, workloads, { signal, dryRun: true });
}
