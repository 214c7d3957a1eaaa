import { type FailureReport, failureText } from '../../resources/meta/failure.js';
import { describeReference, type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import type { RunRef, RunWarning } from '../../resources/run/run-record.js';
import { healthOf, progressOf } from '../../resources/workloads/health.js';
import { isHalted, resume } from '../../resources/workloads/quiesce.js';
import { type ActivityDependencies, clusterOf } from '../kit/dependencies.js';
import { followUntil } from '../kit/follow-until.js';
import { withPulse } from '../kit/pulse.js';
import { keepInRunLog, tellOf } from '../kit/run-log.js';
import { haltedBy, missingFrom } from './halted-workloads.js';
import { leftScaledDown } from './kept-down.js';
import { listWorkloads, sourceNamespaces, sourceWorkloads } from './list-workloads.js';
import { resumeWorkloads } from './resume-workloads.js';
import { releaseSourceVolumes } from './source-volumes.js';

export async function unquiesceSource(
  deps: ActivityDependencies,
  { run }: { run: RunRef },
): Promise<{ workloads: number; alreadyRunning: number; warnings: RunWarning[] }> {
  const record = await deps.store.runs.record(run);
  const client = await clusterOf(deps, record, 'source', 'back');
  // Never given up: each call has its own time limit, and what a controller has to do first its patience.
  const wait = { waitingFor: 'the source workloads to take their former scale', where: `cluster ${client.name}` };
  return withPulse(wait, async ({ signal }) => {
    // Whatever their labels are now: what has the plan's annotation was halted by it.
    const found = await listWorkloads(client, { namespaces: sourceNamespaces(record), signal });
    const staysDown = await leftScaledDown(deps, run, record);
    const ours = found.filter((object) => !staysDown(object));
    const damaged: FailureReport[] = [];
    const { started, alreadyRunning } = await resumeWorkloads(client, record.plan.uid, ours, {
      signal,
      keepAnnotations: record.options.keepAnnotations,
      patienceSeconds: record.settings.patience.start,
      tell: tellOf(deps, run, 'unquiesce'),
      passOver: (report) => damaged.push(report),
    });
    const warnings = [
      ...(await reportDamaged(deps, run, damaged)),
      ...(await reportGone(deps, run, found)),
      ...(await reportKeptDown(deps, run, found.filter(staysDown))),
      ...retainedWarning(await releaseSourceVolumes(client, record, signal)),
    ];
    return { workloads: started, alreadyRunning, warnings };
  });
}

async function reportDamaged(
  deps: ActivityDependencies,
  run: RunRef,
  damaged: readonly FailureReport[],
): Promise<RunWarning[]> {
  if (damaged.length === 0) return [];
  const lines = damaged.map(failureText);
  await keepInRunLog(deps, run, 'unquiesce', lines);
  return [{ type: 'WorkloadsNotStarted', reason: 'AnnotationDamaged', message: lines.join(' ') }];
}

async function reportGone(
  deps: ActivityDependencies,
  run: RunRef,
  found: readonly KubeObject[],
): Promise<RunWarning[]> {
  const gone = missingFrom(found, await haltedBy(deps, run)).map(describeReference);
  if (gone.length === 0) return [];
  const message = `Workloads were deleted after the migration had halted them on the source, so they were not started again: ${gone.join(', ')}. Create them again if they are still needed.`;
  await keepInRunLog(deps, run, 'unquiesce', [message]);
  return [{ type: 'WorkloadsGone', reason: 'Deleted', message }];
}

async function reportKeptDown(
  deps: ActivityDependencies,
  run: RunRef,
  kept: readonly KubeObject[],
): Promise<RunWarning[]> {
  if (kept.length === 0) return [];
  const names = kept.map((object) => describeReference(referenceOf(object)));
  const message = `Halted by another migration of the plan, which has passed its commit point or began later, and left down on the source: ${names.join(', ')}. To start them there, create a MigMigration with spec.rollback: true.`;
  await keepInRunLog(deps, run, 'unquiesce', [message]);
  return [{ type: 'SourceKeptDown', reason: 'EarlierCutover', message }];
}

const retainedWarning = (volumes: readonly string[]): RunWarning[] =>
  volumes.length === 0
    ? []
    : [
        {
          type: 'SourceVolumesRetained',
          reason: 'ClaimDeleted',
          message: `Claims were deleted while the application was halted. Their volumes were kept, with reclaim policy Retain and all data: ${volumes.join(', ')}. Bind them to new claims, or delete them.`,
        },
      ];

export async function confirmSourceRunning(deps: ActivityDependencies, { run }: { run: RunRef }): Promise<void> {
  const record = await deps.store.runs.record(run);
  const client = await clusterOf(deps, record, 'source');
  const wait = {
    waitingFor: 'the source workloads to have their pods again',
    where: `cluster ${client.name}`,
    patienceSeconds: record.settings.patience.start,
    next: 'Their scale is set: check what keeps their pods from being created (quota, admission, a missing service account).',
  };
  await withPulse(wait, async (pulse) => {
    const found = await sourceWorkloads(client, record, pulse.signal);
    const staysDown = await leftScaledDown(deps, run, record);
    const isDue = (object: KubeObject): boolean =>
      resume(object, record.plan.uid)?.outcome === 'starts' && !staysDown(object);
    const runs = (object: KubeObject): boolean => (isHalted(object) ? !isDue(object) : healthOf(object).started);
    await followUntil(client, found, runs, {
      signal: pulse.signal,
      pulse,
      progressOf,
      onChange: (pending, progressed) => {
        const seen = pending
          .map((object) => `${describeReference(referenceOf(object))}: ${healthOf(object).message}`)
          .join('; ');
        if (progressed) pulse.moved(seen);
        else pulse.observe(seen);
      },
    });
  });
}
