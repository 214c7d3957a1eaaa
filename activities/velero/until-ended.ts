import type { ApiType, ClusterClient } from '../../clusters/cluster-client.js';
import { FAILURE, type FailureType, StepFailure } from '../../resources/meta/failure.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { MIGRATION_NAMESPACE } from '../../resources/meta/labels.js';
import type { Pulse } from '../kit/pulse.js';
import { phaseOf } from './velero-objects.js';
import { watchingServer } from './watching-server.js';

const ENDED = new Set(['Completed', 'PartiallyFailed', 'Failed', 'FailedValidation']);
const NOT_BEGUN = new Set(['New', 'Queued', 'ReadyToStart']);

export const hasEnded = (object: KubeObject): boolean => ENDED.has(phaseOf(object));

/**
 * Follows a Backup or Restore until Velero has finished it. As Velero takes one after another, what moves in another one counts as
 * movement until ours has begun.
 *
 * @throws StepFailure when the object is not there or is deleted
 */
export const untilEnded = (client: ClusterClient, type: ApiType, name: string, pulse: Pulse): Promise<KubeObject> =>
  watchingServer(client, pulse, `${type.kind} ${name} to end`, async ({ signal, moved }) => {
    let ours: KubeObject | undefined;
    let seen: string | undefined;
    for await (const event of client.watch(type, { namespace: MIGRATION_NAMESPACE, signal })) {
      const objects = event.type === 'SYNCED' ? event.objects : [event.object];
      const found = objects.find(({ metadata }) => metadata.name === name);
      if (event.type === 'SYNCED' || found) {
        if (!found || event.type === 'DELETED') throw vanished(client, type, name);
        ours = found;
        if (hasEnded(found)) return found;
        const state = describeProgress(found);
        if (state !== seen) moved(state);
        seen = state;
      } else if (ours && NOT_BEGUN.has(phaseOf(ours))) {
        moved(`${type.kind} ${name} is ${phaseOf(ours)} behind ${objects[0]?.metadata.name}.`);
      }
    }
    throw new Error('unreachable: a watch has no end');
  });

function describeProgress(object: KubeObject): string {
  const { totalItems, itemsBackedUp, itemsRestored } = object.status?.progress ?? {};
  const done = itemsBackedUp ?? itemsRestored;
  const items = totalItems === undefined ? '' : `, ${done ?? 0} of ${totalItems} objects`;
  return `${object.kind} ${object.metadata.name} is ${phaseOf(object)}${items}.`;
}

export const failureTypeOf = ({ kind }: Pick<ApiType, 'kind'>): FailureType =>
  kind === 'Restore' ? FAILURE.RestoreFailed : FAILURE.BackupFailed;

const vanished = (client: ClusterClient, type: ApiType, name: string): StepFailure =>
  new StepFailure({
    type: failureTypeOf(type),
    what: `${type.kind} ${name} is gone`,
    where: `cluster ${client.name}, namespace ${MIGRATION_NAMESPACE}`,
    why: 'It was deleted while Velero worked on it.',
    next: 'Start the migration again and leave its Velero objects alone while it runs.',
  });
