import { shortActivity, waitActivity } from '../kit/activities.js';
import type { MigrationRun } from '../run/migration-run.js';

/** Asks the target whether it would start the restored workloads. */
export async function rehearseStart({ ref, summary }: MigrationRun): Promise<void> {
  await shortActivity(`Ask ${summary.targetCluster} whether it would start the applications`).rehearseStart({
    run: ref,
  });
}

/** Scales the restored workloads up and watches them become available. Its activity records the commit point before the first scale. */
export async function startTarget(run: MigrationRun): Promise<string[]> {
  const { ref, summary } = run;
  const { warnings } = await shortActivity(`Start the applications on ${summary.targetCluster}`).startTarget({
    run: ref,
  });
  run.warn(warnings);
  const { unhealthy } = await waitActivity('Wait until the target applications are available').waitForTarget({
    run: ref,
  });
  return unhealthy.map(({ kind, namespace, name, message }) => `${kind} ${namespace}/${name}: ${message}`);
}
