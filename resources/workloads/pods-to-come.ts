import type { KubeObject } from '../meta/kube-object.js';
import { isHalted } from './quiesce.js';
import { workloadKindOf } from './workload-kinds.js';

/** How many pods a workload of the source has at once when it runs as it does now, or did before it was halted. */
export function willRun(workload: KubeObject): number {
  const { kind, spec, status, metadata } = workload;
  if (kind === 'CronJob' || kind === 'VirtualMachine') return 0;
  const resumed = isHalted(workload) ? workloadKindOf(workload).resume(metadata.annotations ?? {}) : undefined;
  if (isHalted(workload) && !resumed) return 0;
  if (kind === 'DaemonSet') return status?.desiredNumberScheduled ?? 0;
  if (kind === 'Job') return spec?.suspend ? 0 : Number(resumed?.parallelism ?? spec?.parallelism ?? 1);
  return Number(resumed?.replicas ?? spec?.replicas ?? 1);
}
