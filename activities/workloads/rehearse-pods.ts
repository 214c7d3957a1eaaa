import pLimit from 'p-limit';
import { isAlreadyExists, KubernetesApiError } from '../../clusters/kubernetes-api-error.js';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import { describeReference, referenceOf } from '../../resources/meta/kube-object.js';
import { someSentences } from '../../resources/meta/listing.js';
import { isRefusedByWebhookOf } from '../../resources/transforms/own-webhooks.js';
import { willRun } from '../../resources/workloads/pods-to-come.js';
import { resume } from '../../resources/workloads/quiesce.js';
import { arrivingPodOf } from '../../resources/workloads/rehearsal.js';
import { CONCURRENCY } from '../kit/concurrency.js';
import { targetNamespaces } from './list-workloads.js';
import type { Start } from './start-for-good.js';

/**
 * Asks the target, by dry runs, whether it would take a pod of each restored workload that is about to start: what refuses pods does so
 * only when the workloads are up, which is too late.
 *
 * @throws StepFailure Refused naming each workload
 */
export async function rehearsePods({ record, client, workloads, signal }: Start): Promise<void> {
  const limited = pLimit(CONCURRENCY.workloads);
  const starting = workloads.filter((object) => resume(object, record.plan.uid)?.outcome === 'starts');
  const refusals = await Promise.all(
    starting.map((object) =>
      limited(async () => {
        const runs = willRun(object) > 0 || object.kind === 'CronJob' || object.kind === 'DaemonSet';
        const pod = runs
          ? arrivingPodOf(object, { namespace: object.metadata.namespace ?? '', labels: {} })
          : undefined;
        if (!pod) return [];
        try {
          await client.create(pod, { dryRun: true, signal });
          return [];
        } catch (error) {
          if (!(error instanceof KubernetesApiError)) throw error;
          // Controllers try again until the application's own webhook runs.
          if (isRefusedByWebhookOf(error.message, targetNamespaces(record))) return [];
          if (error.retryable || error.code === 401) throw error;
          if (isAlreadyExists(error) || /does not support dry run/i.test(error.message)) return [];
          return [`A pod of ${describeReference(referenceOf(object))}: ${error.message}.`];
        }
      }),
    ),
  );
  const lines = refusals.flat();
  if (lines.length === 0) return;
  throw new StepFailure({
    type: FAILURE.Refused,
    what: 'The target would refuse the pods of what was brought there',
    where: `cluster ${client.name}`,
    why: someSentences(lines),
    next: 'Create or change what the messages name (classes, policies, quotas, accounts) on the target, and start the migration again.',
  });
}
