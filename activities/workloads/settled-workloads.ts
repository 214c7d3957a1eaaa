import type { ClusterClient } from '../../clusters/cluster-client.js';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import { describeReference, type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { someSentences } from '../../resources/meta/listing.js';
import type { SettledWorkload } from '../../resources/run/facts.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import { type LastWriter, lastWriterOf } from '../../resources/workloads/last-writer.js';
import { haltingField } from '../../resources/workloads/quiesce.js';
import { isFinishedJob } from '../../resources/workloads/workload-kinds.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { sourceWorkloads } from './list-workloads.js';

/** The workloads as they stand. Taken before the last look for their pods: what is started from then on shows as a change. */
export async function asTheyStand(
  client: ClusterClient,
  record: RunRecord,
  signal: AbortSignal,
): Promise<SettledWorkload[]> {
  return (await sourceWorkloads(client, record, signal)).map((object) => ({
    ...referenceOf(object),
    uid: object.metadata.uid ?? '',
    generation: object.metadata.generation,
    writer: lastWriterOf(object),
  }));
}

/**
 * Finds what was started and halted again, or made and run: its generation tells, which the API server raises with every change of a
 * spec, through whatever subresource. Only of runs that change nothing of their workloads in between.
 *
 * @throws StepFailure ScaledUpAgain naming each workload and who last set its scale
 */
export async function failIfScaledSinceQuiesce(
  { store }: ActivityDependencies,
  run: RunRef,
  record: RunRecord,
  { client, signal }: { client: ClusterClient; signal: AbortSignal },
): Promise<void> {
  const settled = (await store.runs.get(run))?.facts.settledWorkloads;
  // It has waited for no pod yet.
  if (!settled) return;
  const before = new Map(settled.map((workload) => [workload.uid, workload]));
  const lines = (await sourceWorkloads(client, record, signal)).flatMap((object) => {
    const then = before.get(object.metadata.uid ?? '');
    if (then) return changeSince(object, then) ?? [];
    return ranSince(object) ?? [];
  });
  if (lines.length === 0) return;
  throw new StepFailure({
    type: FAILURE.ScaledUpAgain,
    what: 'Workloads were scaled up after the migration had halted the application, and halted again',
    where: `cluster ${client.name}`,
    why: `${someSentences(lines)} What they wrote in between is not in the copy.`,
    next: 'Stop what scales them, then start the migration again.',
  });
}

/**
 * To be started and halted takes two writes at least: one leaves halted what was halted. More of them may be of the template, or of a
 * Deployment's annotations, which start nothing; so the writer of the scale has to be another as well. `kubectl scale` to 0 leaves none:
 * where none is known, any of the writes may have been one.
 */
function changeSince(object: KubeObject, { generation, writer }: SettledWorkload): string | undefined {
  const { generation: reached } = object.metadata;
  if (reached === undefined || generation === undefined || reached - generation < 2) return undefined;
  const now = lastWriterOf(object);
  const isSame =
    now?.manager === writer?.manager && now?.subresource === writer?.subresource && now?.time === writer?.time;
  if (now && isSame) return undefined;
  return `${pathOf(object)} was ${setBy(now)}, and its generation went from ${generation} to ${reached}.`;
}

/** One that was not there: halted since its first generation it has never run, and a Job that ends makes none. */
function ranSince(object: KubeObject): string | undefined {
  const { generation, creationTimestamp } = object.metadata;
  const hasEnded = object.kind === 'Job' && isFinishedJob(object);
  if (!hasEnded && (generation ?? 1) < 2) return undefined;
  const at = creationTimestamp ? ` at ${creationTimestamp}` : '';
  const since = hasEnded ? 'has run since' : `its generation is ${generation} by now`;
  return `${pathOf(object)} was ${setBy(lastWriterOf(object))}; it was created${at}, and ${since}.`;
}

const pathOf = (object: KubeObject): string =>
  `${describeReference(referenceOf(object))}: ${haltingField(object).path}`;

function setBy(writer: LastWriter | undefined): string {
  if (!writer) return 'set by a client that the cluster does not name (kubectl scale to 0 leaves no field manager)';
  const through = writer.subresource ? ` through subresource ${writer.subresource}` : '';
  return `set by field manager "${writer.manager}"${through}${writer.time ? ` at ${writer.time}` : ''}`;
}
