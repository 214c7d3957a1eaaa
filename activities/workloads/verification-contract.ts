import type { RunRef } from '../../resources/run/run-record.js';
import type { UnhealthyResources } from '../../resources/workloads/unhealthy-resources.js';

export interface VerificationActivities {
  /**
   * Until every workload of the target namespaces (with the mapped names) has the pods it wants, ready, or one of their pods is seen to be
   * unhealthy, or patience is spent. Never fails for what it finds.
   *
   * @returns `unhealthy`: a line for each workload and each other pod; `resources`: their names, undefined when all are healthy
   */
  verifyTarget(input: { run: RunRef }): Promise<{ unhealthy: string[]; resources?: UnhealthyResources }>;
}
