import pLimit from 'p-limit';
import type { ClusterClient } from '../../clusters/cluster-client.js';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import {
  describeReference,
  type KubeObject,
  type ObjectReference,
  referenceOf,
} from '../../resources/meta/kube-object.js';
import { LABELS } from '../../resources/meta/labels.js';
import { someSentences } from '../../resources/meta/listing.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import { isClusterBoundSecret } from '../../resources/transforms/left-behind.js';
import { podNeeds } from '../../resources/workloads/pod-needs.js';
import { isHalted, resume } from '../../resources/workloads/quiesce.js';
import { CONCURRENCY } from '../kit/concurrency.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { adoptedBy } from './halted-before.js';
import { haltedBy } from './halted-workloads.js';
import { listWorkloads, targetNamespaces } from './list-workloads.js';

interface Sides {
  source: ClusterClient;
  target: ClusterClient;
  signal: AbortSignal;
}

/** Failures name this many; the log of the migration, and Velero's Restore, tell more. */
const MOST = 10;

/**
 * Checks that all the run halted, and all it takes over from others, is on the target and will be started there, with what its pods need:
 * behind the commit point the source no longer comes back for it.
 *
 * @throws StepFailure Refused naming each workload, and what is wrong with it
 */
export async function failIfNotArrived(
  deps: ActivityDependencies,
  run: RunRef,
  record: RunRecord,
  sides: Sides,
): Promise<void> {
  const { target, signal } = sides;
  const expected = await expectedOnTarget(deps, run, record, sides);
  const found = await listWorkloads(target, { namespaces: targetNamespaces(record), signal });
  const there = new Map(found.map((object) => [describeReference(referenceOf(object)), object]));
  const arrived = expected.flatMap((reference) => there.get(describeReference(reference)) ?? []);
  const problems = [
    ...expected.flatMap((reference) => problemOf(reference, there.get(describeReference(reference)), record) ?? []),
    ...(await missingNeeds(record, arrived, sides)),
  ];
  if (problems.length === 0) return;
  throw new StepFailure({
    type: FAILURE.Refused,
    what: 'Not all that was halted could be started on the target',
    where: `cluster ${target.name}`,
    why: someSentences(problems, { most: MOST }),
    next: 'See what Velero says of these objects in the log of the migration, fix it or take them out of the plan, and start the migration again.',
  });
}

/** Under their namespaces on the target. */
async function expectedOnTarget(
  deps: ActivityDependencies,
  run: RunRef,
  record: RunRecord,
  { source, signal }: Sides,
): Promise<ObjectReference[]> {
  const targetOf = new Map(record.namespaces.map((mapping) => [mapping.source, mapping.target]));
  const halted = (await haltedBy(deps, run)).filter(({ stays }) => !stays);
  const adopted = await adoptedBy(deps, record, source, signal);
  return [...halted, ...adopted.map(referenceOf)].map(({ apiVersion, kind, namespace, name }) => ({
    apiVersion,
    kind,
    namespace: targetOf.get(namespace ?? ''),
    name,
  }));
}

function problemOf(reference: ObjectReference, object: KubeObject | undefined, record: RunRecord): string | undefined {
  const title = describeReference(reference);
  if (!object) return `${title} is not there.`;
  // What runs there is not down on both sides.
  if (!isHalted(object)) return undefined;
  if (object.metadata.labels?.[LABELS.migratedByPlan] !== record.plan.uid) {
    return `${title} was there before, is down, and no run of the plan brought it.`;
  }
  return resume(object, record.plan.uid)?.outcome === 'starts'
    ? undefined
    : `${title} is down, and its annotations do not tell how it is to run.`;
}

/** What pods need, was there on the source and did not arrive: refused, excluded, or not among what the plan lists. */
async function missingNeeds(
  record: RunRecord,
  arrived: readonly KubeObject[],
  { source, target, signal }: Sides,
): Promise<string[]> {
  const limited = pLimit(CONCURRENCY.objects);
  const sourceOf = new Map(record.namespaces.map((mapping) => [mapping.target, mapping.source]));
  const users = new Map<string, { reference: ObjectReference; by: string }>();
  for (const object of arrived) {
    const { namespace } = object.metadata;
    for (const { kind, name } of podNeeds(object)) {
      const reference = { apiVersion: 'v1', kind, namespace, name };
      const by = describeReference(referenceOf(object));
      if (!users.has(describeReference(reference))) users.set(describeReference(reference), { reference, by });
    }
  }
  const lines = await Promise.all(
    [...users.values()].map(({ reference, by }) =>
      limited(async () => {
        if (await target.get(reference, { signal })) return [];
        const original = await source.get(
          { ...reference, namespace: sourceOf.get(reference.namespace ?? '') },
          { signal },
        );
        if (!original || (reference.kind === 'Secret' && isClusterBoundSecret(original))) return [];
        return [`${describeReference(reference)}, which ${by} needs, is not there.`];
      }),
    ),
  );
  return lines.flat();
}
