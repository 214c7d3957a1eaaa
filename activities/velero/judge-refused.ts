import type { ClusterClient } from '../../clusters/cluster-client.js';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import { someSentences } from '../../resources/meta/listing.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import { isRefusedByWebhookOf } from '../../resources/transforms/own-webhooks.js';
import { workloadKindOf } from '../../resources/workloads/workload-kinds.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { haltedBy } from '../workloads/halted-workloads.js';
import { sourceNamespaces, targetNamespaces } from '../workloads/list-workloads.js';
import { refusedObjects, type Told } from './told.js';
import { sentence } from './velero-objects.js';

/** Of what the target refused: what the application's own webhooks will admit once it runs. */
export const untilOwnWebhooksRun = (errors: readonly string[], record: RunRecord): Told[] =>
  refusedObjects(errors).filter(({ message }) => isRefusedByWebhookOf(message, targetNamespaces(record)));

/**
 * Turns the run back for what must not be missing behind its commit point: a workload that it halted, and what only a webhook could admit
 * that will not run on the target, since it is called in a namespace that has another name there. Of a run that halts nothing, nothing.
 *
 * @throws StepFailure Refused naming each object with Velero's words
 */
export async function refuseLosses(
  deps: ActivityDependencies,
  run: RunRef,
  record: RunRecord,
  target: ClusterClient,
  errors: readonly string[],
): Promise<void> {
  if (!record.does.halts) return;
  const targetOf = new Map(record.namespaces.map((mapping) => [mapping.source, mapping.target]));
  const halted = new Set(
    (await haltedBy(deps, run))
      .filter(({ stays }) => !stays)
      .map(({ kind, namespace, name }) =>
        [workloadKindOf({ kind }).groupResource, targetOf.get(namespace ?? ''), name].join('/'),
      ),
  );
  const comeTo = targetNamespaces(record);
  const renamed = sourceNamespaces(record).filter((namespace) => !comeTo.includes(namespace));
  const lost = refusedObjects(errors).filter(
    ({ type, namespace, name, message }) =>
      halted.has([type, namespace, name].join('/')) || isRefusedByWebhookOf(message, renamed),
  );
  if (lost.length === 0) return;
  throw new StepFailure({
    type: FAILURE.Refused,
    what: 'The target did not take what the application cannot be without',
    where: `cluster ${target.name}`,
    why: someSentences(lost.map(({ message }) => sentence(message.slice(0, 500)))),
    next: 'Fix what the messages name on the target, or take the objects out of the plan, and start the migration again.',
  });
}
