import type { RunRef } from '../../resources/run/run-record.js';

/** Which claims workloads refer to, for the conversion of storage classes. */
export interface ClaimActivities {
  /**
   * Makes every halted workload of the run's namespaces that refers to one of the run's claims refer to its counterpart: `forward` to the
   * target claims, `back` to the source claims. Deployments, StatefulSets with their claim templates, DaemonSets, CronJobs, unfinished
   * Jobs, ReplicaSets, ReplicationControllers, DeploymentConfigs. What already refers to the right claims is left alone, so it may be
   * repeated and killed at any point.
   */
  swapClaims(input: { run: RunRef; direction: 'forward' | 'back' }): Promise<{ swapped: number; warnings: string[] }>;
  /**
   * Asks the cluster, by dry runs, whether it would start what the run halted, while the former claims can still be given back. Changes
   * nothing. Fails with what the cluster refuses and with ScaledUpAgain.
   */
  rehearseConverted(input: { run: RunRef }): Promise<{ workloads: number }>;
  /** The commit point of a conversion, recorded before the first workload is started on its new claims. Starts all the run halted. */
  startConverted(input: { run: RunRef }): Promise<{ workloads: number }>;
}
