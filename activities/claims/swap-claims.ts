import pLimit from 'p-limit';
import type { ClusterClient } from '../../clusters/cluster-client.js';
import { type SwapDirection, swapClaims as swapped } from '../../resources/claims/swap-claims.js';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import { describeReference, type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import type { MergePatch } from '../../resources/meta/merge-patch.js';
import { mergePatchBetween } from '../../resources/meta/merge-patch.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import { mustBeReplaced } from '../../resources/workloads/replacement.js';
import { CONCURRENCY } from '../kit/concurrency.js';
import { type ActivityDependencies, clusterOf } from '../kit/dependencies.js';
import { patchNewest } from '../kit/patch-newest.js';
import { type Pulse, withPulse } from '../kit/pulse.js';
import { keepInRunLog } from '../kit/run-log.js';
import { sourceNamespaces } from '../workloads/list-workloads.js';
import { failIfScaledUp } from '../workloads/scaled-up-again.js';
import { claimUsers } from './claim-users.js';
import { labelSources } from './label-sources.js';
import { finishReplacement, replaceWorkload } from './replace-workload.js';
import { savedWorkloads } from './saved-workloads.js';
import { swapObstacles, swapWarnings } from './swap-warnings.js';

/** A workload that is changed more often than this while it is swapped is kept from settling by another client. */
const TRIES = 10;

export async function swapClaims(
  deps: ActivityDependencies,
  { run, direction }: { run: RunRef; direction: SwapDirection },
): Promise<{ swapped: number; warnings: string[] }> {
  const record = await deps.store.runs.record(run);
  const client = await clusterOf(deps, record, 'source', direction);
  const namespaces = sourceNamespaces(record);
  const wait = {
    waitingFor: `the workloads to refer to their ${direction === 'forward' ? 'new' : 'former'} claims`,
    where: `cluster ${client.name}, namespaces ${namespaces.join(', ')}`,
    patienceSeconds: record.settings.patience.cleanup,
    next: 'Check what holds the object named here (finalizers, a webhook, the garbage collector). It is created again as soon as it is gone.',
  };
  return withPulse(wait, async (pulse) => {
    const { signal } = pulse;
    for (const saved of await savedWorkloads(deps, client, record, namespaces, signal)) {
      await finishReplacement(client, saved, pulse);
    }
    if (direction === 'forward') await failIfScaledUp(client, record, signal);
    const users = await claimUsers(client, namespaces, signal);
    if (direction === 'forward') refuse(client, await swapObstacles(client, record, users, signal));
    const warnings = await swapWarnings(client, record, users, direction, signal);
    const limited = pLimit(CONCURRENCY.workloads);
    const outcomes = await Promise.all(
      users.map((object) => limited(() => swapOne(client, run, record, object, { direction, pulse }))),
    );
    await labelSources(client, record, direction, signal);
    const done = users.filter((_, index) => outcomes[index]);
    await keepInRunLog(deps, run, 'claims', [...done.map((object) => describe(object, direction)), ...warnings]);
    return { swapped: done.length, warnings };
  });
}

/** @returns whether anything had to be changed */
async function swapOne(
  client: ClusterClient,
  run: RunRef,
  record: RunRecord,
  found: KubeObject,
  { direction, pulse }: { direction: SwapDirection; pulse: Pulse },
): Promise<boolean> {
  const { signal } = pulse;
  const patchOf = (object: KubeObject) => mergePatchBetween(object, swapped(object, record.volumes, direction));
  let newest: KubeObject | undefined = found;
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (!newest || !patchOf(newest)) return tries > 0;
    const wanted = swapped(newest, record.volumes, direction);
    if (mustBeReplaced(newest, wanted)) await replaceWorkload(client, run, newest, wanted, pulse);
    else await patchNewest(client, newest, (object) => underVersion(object, patchOf(object)), { signal });
    newest = await client.get(referenceOf(found), { signal });
  }
  throw new StepFailure({
    type: FAILURE.Refused,
    what: `${describeReference(referenceOf(found))} keeps being changed back to its previous claims`,
    where: `cluster ${client.name}`,
    why: `It was changed ${TRIES} times, and each time another client changed it back.`,
    next: 'Stop what writes it (its operator, the sync of Argo CD), then start the migration again.',
  });
}

const underVersion = ({ metadata }: KubeObject, patch: MergePatch | undefined): MergePatch | undefined =>
  patch && {
    ...patch,
    metadata: { ...(patch.metadata as MergePatch | undefined), resourceVersion: metadata.resourceVersion },
  };

function refuse(client: ClusterClient, obstacles: string[]): void {
  if (obstacles.length === 0) return;
  throw new StepFailure({
    type: FAILURE.Refused,
    what: 'The new claims cannot take the place of those they were copied from',
    where: `cluster ${client.name}`,
    why: obstacles.join(' '),
    next: 'Correct the names in spec.persistentVolumes[].pvc.name of the plan, or copy the volumes that are missing, then create a new MigMigration.',
  });
}

const describe = (object: KubeObject, direction: SwapDirection): string =>
  `${describeReference(referenceOf(object))} refers to its ${direction === 'forward' ? 'new' : 'former'} claims.`;
