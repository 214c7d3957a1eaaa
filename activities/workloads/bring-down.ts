import pLimit from 'p-limit';
import type { ClusterClient } from '../../clusters/cluster-client.js';
import { type KubeObject, referenceOf } from '../../resources/kube-object.js';
import { halt } from '../../resources/workloads/quiesce.js';
import { patchNewest } from '../patch-newest.js';
import type { Pulse } from '../pulse.js';
import { CONCURRENCY, jobsMadeBy } from './list-workloads.js';
import { belongsTo } from './pods-of.js';
import { untilPodsGone } from './until-pods-gone.js';

interface Running {
  planUid: string;
  namespaces: readonly string[];
  workloads: readonly KubeObject[];
  /** Pods without a controller; they are deleted, since nothing scales them. */
  pods?: readonly KubeObject[];
}

/**
 * Halts workloads, with the Jobs that CronJobs among them made meanwhile, and waits until no pod of theirs is left. Their state is saved as
 * on the source, so that the next run finds what to start.
 *
 * @returns how many workloads were above zero
 */
export async function bringDown(client: ClusterClient, running: Running, pulse: Pulse): Promise<number> {
  const { planUid, namespaces, pods = [] } = running;
  const { signal } = pulse;
  if (running.workloads.length === 0 && pods.length === 0) return 0;
  const jobs = await jobsMadeBy(client, running.workloads, namespaces, signal);
  const workloads = [...running.workloads, ...jobs];
  const fewAtATime = pLimit(CONCURRENCY);
  const halted = await Promise.all(
    workloads.map((object) =>
      fewAtATime(() => patchNewest(client, object, (newest) => halt(newest, planUid), { signal })),
    ),
  );
  await Promise.all(
    pods.map((pod) => fewAtATime(() => client.remove(referenceOf(pod), { uid: pod.metadata.uid, signal }))),
  );
  const belongs = belongsTo(client, workloads, { signal });
  const uids = new Set(pods.map(({ metadata }) => metadata.uid));
  await untilPodsGone(client, {
    namespaces,
    concerns: (pod) => uids.has(pod.metadata.uid) || belongs(pod),
    pulse,
  });
  return halted.filter((patched) => patched !== undefined).length;
}
