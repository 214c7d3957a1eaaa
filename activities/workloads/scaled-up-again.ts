import type { ClusterClient } from '../../clusters/cluster-client.js';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import { describeReference, type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { LISTED, someSentences } from '../../resources/meta/listing.js';
import type { HaltedWorkload } from '../../resources/run/facts.js';
import type { RunRecord } from '../../resources/run/run-record.js';
import { lastWriterOf } from '../../resources/workloads/last-writer.js';
import { controllerOf } from '../../resources/workloads/ownership.js';
import { haltingField, isHalted } from '../../resources/workloads/quiesce.js';
import { SCALER_TYPES, scales } from '../../resources/workloads/scalers.js';
import { servedTypes } from '../kit/served-types.js';
import { sourceWorkloads } from './list-workloads.js';

/**
 * @param halted what the run halted, if it knows: with it a workload that was created again is told from one that was scaled
 * @throws StepFailure ScaledUpAgain naming each workload that is not halted, who last set its scale and what controls it
 */
export async function failIfScaledUp(
  client: ClusterClient,
  record: RunRecord,
  signal: AbortSignal,
  halted: readonly HaltedWorkload[] = [],
): Promise<void> {
  const up = (await sourceWorkloads(client, record, signal)).filter((object) => !isHalted(object));
  if (up.length === 0) return;
  const named = await Promise.all(up.slice(0, LISTED).map((object) => explain(client, object, signal, halted)));
  throw new StepFailure({
    type: FAILURE.ScaledUpAgain,
    what: `${up.length === 1 ? 'A workload was' : `${up.length} workloads were`} started again after the migration had halted the application`,
    where: `cluster ${client.name}`,
    why: someSentences(named, { total: up.length }),
    next: 'Stop what scales them up (scale its operator down, pause the sync of Argo CD or the ScaledObject of KEDA) and start the migration again.',
  });
}

async function explain(
  client: ClusterClient,
  object: KubeObject,
  signal: AbortSignal,
  halted: readonly HaltedWorkload[],
): Promise<string> {
  const { path, value } = haltingField(object);
  const writer = lastWriterOf(object);
  const by = writer
    ? `set by field manager "${writer.manager}"${writer.subresource ? ` through subresource ${writer.subresource}` : ''}${writer.time ? ` at ${writer.time}` : ''}`
    : 'and the cluster does not tell who set it';
  const controller = controllerOf(object);
  const kept = controller ? ` ${controller.kind} ${controller.name} (${controller.apiVersion}) controls it.` : '';
  const scaler = await autoscalerOf(client, object, signal);
  return `${describeReference(referenceOf(object))} has ${path} ${JSON.stringify(value ?? null)}, ${by}.${madeSince(object, halted)}${kept}${scaler}`;
}

/** It is not the one that was halted. */
function madeSince(object: KubeObject, halted: readonly HaltedWorkload[]): string {
  if (halted.length === 0 || halted.some(({ uid }) => uid === object.metadata.uid)) return '';
  const title = describeReference(referenceOf(object));
  const again = halted.some((workload) => describeReference(workload) === title);
  const at = object.metadata.creationTimestamp ? ` at ${object.metadata.creationTimestamp}` : '';
  return again ? ` It was deleted and created again${at}.` : ` It was created${at}, after the application was halted.`;
}

/** An autoscaler is inactive while replicas are 0, so it is never the first to raise them; but it resumes once another client did. */
async function autoscalerOf(client: ClusterClient, object: KubeObject, signal: AbortSignal): Promise<string> {
  const types = await servedTypes(client, SCALER_TYPES, { signal });
  const { namespace } = object.metadata;
  const lists = await Promise.all(types.map((type) => client.list(type, { namespace, signal })));
  const found = lists.flatMap(({ items }) => items).filter((scaler) => scales(scaler, object));
  // KEDA makes an autoscaler for each ScaledObject, but starts what is at 0 by itself.
  const starter = found.find(({ kind }) => kind === 'ScaledObject');
  if (starter) return ` ScaledObject ${starter.metadata.name} of KEDA scales it, from 0 too.`;
  const [inactive] = found;
  return inactive
    ? ` HorizontalPodAutoscaler ${inactive.metadata.name} scales it too, but is inactive while replicas are 0: another client raised them first.`
    : '';
}
