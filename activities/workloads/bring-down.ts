import pLimit from 'p-limit';
import type { ClusterClient } from '../../clusters/cluster-client.js';
import { type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import type { RunRef } from '../../resources/run/run-record.js';
import { halt } from '../../resources/workloads/quiesce.js';
import { CONCURRENCY } from '../kit/concurrency.js';
import { patchNewest } from '../kit/patch-newest.js';
import type { Pulse } from '../kit/pulse.js';
import { jobsMadeBy } from './list-workloads.js';
import { isAmong, losesKeeper } from './pods-of.js';
import { untilPodsGone } from './until-pods-gone.js';

interface Running {
  planUid: string;
  /** Which halts them. */
  run: RunRef;
  namespaces: readonly string[];
  workloads: readonly KubeObject[];
  /** Pods without a controller, and what operators keep pods for: nothing scales them, so that they are deleted. */
  deleted?: readonly KubeObject[];
  /** Which pods have to go besides. */
  isConcerned?: (pod: KubeObject) => Promise<boolean>;
}

/**
 * Halts workloads, with the Jobs that CronJobs among them made until then, and waits until no pod of theirs is left. Their state is saved as
 * on the source, so that the next run finds what to start.
 *
 * @returns how many workloads were above zero
 */
export async function bringDown(client: ClusterClient, running: Running, pulse: Pulse): Promise<number> {
  const { planUid, run, namespaces, deleted = [], isConcerned = async () => false } = running;
  const { signal } = pulse;
  const jobs = await jobsMadeBy(client, running.workloads, namespaces, signal);
  const workloads = [...running.workloads, ...jobs];
  const limited = pLimit(CONCURRENCY.workloads);
  const halted = await Promise.all(
    workloads.map((object) =>
      limited(() => patchNewest(client, object, (newest) => halt(newest, planUid, run), { signal })),
    ),
  );
  await Promise.all(
    deleted.map((object) => limited(() => client.remove(referenceOf(object), { uid: object.metadata.uid, signal }))),
  );
  const isTheirs = isAmong(client, [...workloads, ...deleted], { signal });
  await untilPodsGone(client, {
    namespaces,
    // What is deleted takes its pods along one level after the other: in between they run, and belong to nothing.
    concerns: async (pod) =>
      (await isTheirs(pod)) || (await isConcerned(pod)) || (await losesKeeper(client, { signal })(pod)),
    pulse,
  });
  return halted.filter((patched) => patched !== undefined).length;
}
