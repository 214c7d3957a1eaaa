import type { KubeObject } from '../meta/kube-object.js';

/** What the scheduler says of nodes that are merely full. */
const FULL_NODES = /Insufficient \S|Too many pods/;

/** Whether a pod waits for others to leave it room: some node would take it if it were less full. */
export function wantsRoom({ kind, status }: KubeObject): boolean {
  if (kind !== 'Pod' || status?.phase !== 'Pending') return false;
  const conditions: { type: string; status: string; reason?: string; message?: string }[] = status.conditions ?? [];
  const scheduled = conditions.find(({ type }) => type === 'PodScheduled');
  return (
    scheduled?.status === 'False' && scheduled.reason === 'Unschedulable' && FULL_NODES.test(scheduled.message ?? '')
  );
}
