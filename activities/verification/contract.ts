import type { RunRef } from '../../resources/run-record.js';

/** In the shape of MTC's `status.unhealthyResources`. */
export interface UnhealthyResources {
  namespaces: { name: string; workloads: { name: string; resources: string[] }[] }[];
}

export interface VerificationActivities {
  /**
   * Until every workload of the target namespaces (with the mapped names) has the pods it wants, ready, or one of their pods is seen to be
   * unhealthy, or patience is spent. Never fails for what it finds.
   */
  verifyTarget(input: { run: RunRef }): Promise<{ unhealthy: string[]; resources?: UnhealthyResources }>;
}
