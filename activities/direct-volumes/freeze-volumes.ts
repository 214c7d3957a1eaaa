import type { DirectVolumeMigration } from '../../resources/kinds/direct-volume-migration.js';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import { describeRun, type RunRef, type RunSummary } from '../../resources/run/run-record.js';
import { blocked } from '../../temporal/contract/messages.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { withPulse } from '../kit/pulse.js';
import { signalRoot } from '../kit/signal-root.js';
import { somethingChanged } from '../kit/something-changed.js';
import { refuseIfEnded } from '../kit/while-running.js';
import { readRunCluster } from '../records/run-cluster.js';
import { findRunObject } from '../records/run-objects.js';
import { summarizeRun } from '../records/summarize-run.js';
import { buildVolumesRecord } from './build-volumes-record.js';
import { blocks, inspectVolumes, type VolumesInspection } from './inspect-volumes.js';

/** Both clusters are asked each time. */
const LEAST_PAUSE_MS = 2_000;

export async function freezeVolumes(
  deps: ActivityDependencies,
  { run, workflowId }: { run: RunRef; workflowId: string },
): Promise<RunSummary> {
  await refuseIfEnded(deps, run);
  const frozen = await deps.store.runs.get(run);
  if (frozen?.record) return summarizeRun(frozen.record);
  // Until the user fixes what the conditions name; a cancel ends it at any time.
  const wait = { waitingFor: 'the problems that the conditions name to be fixed', where: describeRun(run) };
  return withPulse(wait, async (pulse) => {
    let told = '';
    for (;;) {
      const migration = await readMigration(deps, run);
      const { findings, copy } = await inspectVolumes(deps, migration);
      if (copy) return freeze(deps, { run, workflowId, migration, findings, copy });
      const news = JSON.stringify(findings);
      if (news !== told) await signalRoot(run, blocked, findings);
      told = news;
      pulse.observe(
        findings
          .filter(blocks)
          .map(({ message }) => message)
          .join(' '),
      );
      await somethingChanged(deps.store, { leastPauseMs: LEAST_PAUSE_MS, signal: pulse.signal });
    }
  });
}

interface Freezing extends Required<VolumesInspection> {
  run: RunRef;
  workflowId: string;
  migration: DirectVolumeMigration;
}

async function freeze(
  deps: ActivityDependencies,
  { run, workflowId, migration, findings, copy }: Freezing,
): Promise<RunSummary> {
  const [source, target] = await Promise.all([
    readRunCluster(deps, migration.spec.srcMigClusterRef),
    readRunCluster(deps, migration.spec.destMigClusterRef),
  ]);
  const record = buildVolumesRecord({ run, migration, source, target, warnings: findings, ...copy });
  const row = { ref: run, itinerary: record.itinerary, state: 'Running' as const, workflowId };
  return summarizeRun(await deps.store.runs.freeze(row, record));
}

async function readMigration({ store }: ActivityDependencies, run: RunRef): Promise<DirectVolumeMigration> {
  const migration = await findRunObject(store, run);
  if (migration) return migration as DirectVolumeMigration;
  throw new StepFailure({
    type: FAILURE.NotFound,
    what: 'The copy cannot start',
    where: describeRun(run),
    why: 'The DirectVolumeMigration is gone.',
    next: 'Create it again.',
  });
}
