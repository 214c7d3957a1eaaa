import type { ClusterClient } from '../../clusters/cluster-client.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';

export const JOB = { apiVersion: 'batch/v1', kind: 'Job' } as const;

/** How a Job ended. */
export type JobEnd =
  | { outcome: 'succeeded' }
  /** `reason` as Kubernetes gives it: DeadlineExceeded, BackoffLimitExceeded … */
  | { outcome: 'failed'; reason: string; message: string }
  | { outcome: 'deleted' };

/** Follows a Job to its end; a Job that has decided to fail need not wait for its pods. */
export async function jobEnd(client: ClusterClient, { metadata }: KubeObject, signal: AbortSignal): Promise<JobEnd> {
  const { namespace, name, uid } = metadata;
  for await (const event of client.watch(JOB, { namespace, fieldSelector: `metadata.name=${name}`, signal })) {
    const job = event.type === 'SYNCED' ? event.objects[0] : event.object;
    if (!job || event.type === 'DELETED' || job.metadata.uid !== uid) return { outcome: 'deleted' };
    const end = endOf(job);
    if (end) return end;
    if (job.metadata.deletionTimestamp) return { outcome: 'deleted' };
  }
  throw new Error('unreachable: a watch has no end');
}

function endOf({ status }: KubeObject): JobEnd | undefined {
  const conditions: { type: string; status: string; reason?: string; message?: string }[] = status?.conditions ?? [];
  const find = (...types: string[]) =>
    conditions.find((condition) => types.includes(condition.type) && condition.status === 'True');
  if (find('Complete')) return { outcome: 'succeeded' };
  const failed = find('Failed', 'FailureTarget');
  return failed && { outcome: 'failed', reason: failed.reason ?? 'Failed', message: failed.message ?? '' };
}
