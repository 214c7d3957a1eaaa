import type { ClusterClient } from '../../clusters/cluster-client.js';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import { describeReference, type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import type { SettledWorkload } from '../../resources/run/facts.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import { lastWriterOf } from '../../resources/workloads/last-writer.js';
import { haltingField } from '../../resources/workloads/quiesce.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { sourceWorkloads } from './list-workloads.js';

/** Replaces what was recorded before: what is copied from now on was written before now. */
export async function recordSettled(
  { store }: ActivityDependencies,
  run: RunRef,
  record: RunRecord,
  { client, signal }: { client: ClusterClient; signal: AbortSignal },
): Promise<void> {
  const settled = (await sourceWorkloads(client, record, signal)).map(
    (object): SettledWorkload => ({
      ...referenceOf(object),
      uid: object.metadata.uid ?? '',
      generation: object.metadata.generation,
      writer: lastWriterOf(object),
    }),
  );
  await store.runs.addFacts(run, { settledWorkloads: settled });
}

/**
 * Finds what was started and halted again, of which only the last writer of the scale still shows. Only of runs that change
 * nothing of their workloads in between.
 *
 * @throws StepFailure ScaledUpAgain naming each workload and who last set its scale
 */
export async function failIfScaledSinceQuiesce(
  { store }: ActivityDependencies,
  run: RunRef,
  record: RunRecord,
  { client, signal }: { client: ClusterClient; signal: AbortSignal },
): Promise<void> {
  const settled = (await store.runs.get(run))?.facts.settledWorkloads ?? [];
  const before = new Map(settled.map((workload) => [workload.uid, workload]));
  const lines = (await sourceWorkloads(client, record, signal)).flatMap((object) => {
    const then = before.get(object.metadata.uid ?? '');
    return then ? (changeSince(object, then) ?? []) : [];
  });
  if (lines.length === 0) return;
  throw new StepFailure({
    type: FAILURE.ScaledUpAgain,
    what: 'Workloads were scaled up after the migration had halted the application, and halted again',
    where: `cluster ${client.name}`,
    why: `${lines.join(' ')} What they wrote in between is not in the copy.`,
    next: 'Stop what scales them, then start the migration again.',
  });
}

/** The generation alone would not tell: it moves with annotations of a Deployment and with templates, which start nothing at 0. */
function changeSince(object: KubeObject, { generation, writer }: SettledWorkload): string | undefined {
  const now = lastWriterOf(object);
  if (!now || object.metadata.generation === generation) return undefined;
  const isSame = now.manager === writer?.manager && now.subresource === writer.subresource && now.time === writer.time;
  if (isSame) return undefined;
  const through = now.subresource ? ` through subresource ${now.subresource}` : '';
  const at = now.time ? ` at ${now.time}` : '';
  return `${describeReference(referenceOf(object))}: ${haltingField(object).path} was set by field manager "${now.manager}"${through}${at}, and its generation went from ${generation} to ${object.metadata.generation}.`;
}
