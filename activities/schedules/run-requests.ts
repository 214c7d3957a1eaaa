import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { type MigrationStore, StoreError, SYSTEM_ACTOR } from '../../migrations-db/migration-store.js';
import type { MigMigration, MigSchedule } from '../../resources/kinds/index.js';
import { ANNOTATIONS } from '../../resources/meta/labels.js';
import { wholeSeconds } from '../../resources/meta/time.js';
import { changeAnnotations } from '../../resources/run/keep-annotations.js';
import { copiesAhead, hasEnded } from '../../resources/schedules/scheduled-migration.js';
import type { ObjectInput } from '../../temporal/contract/inputs.js';
import { scheduleId } from '../../temporal/contract/workflow-ids.js';
import { triggerSchedule } from './temporal-schedules.js';

/**
 * Removes the annotation that asks for a run and keeps the request in the status until it has been passed on: whoever annotates again
 * asks again, and a repeated activity passes on the same request.
 */
export async function takeRunRequest({ resources }: MigrationStore, { namespace, name }: ObjectInput): Promise<void> {
  const key = { kind: 'MigSchedule', namespace, name };
  if ((await resources.get(key))?.metadata.annotations?.[ANNOTATIONS.runNow] === undefined) return;
  const request = { id: randomUUID(), at: wholeSeconds(new Date()) };
  try {
    await resources.update(
      key,
      (current) => {
        if (current.metadata.annotations?.[ANNOTATIONS.runNow] === undefined) return current;
        const taken = changeAnnotations(current, { [ANNOTATIONS.runNow]: undefined });
        return { ...taken, status: { ...taken.status, runRequest: request } };
      },
      { actor: SYSTEM_ACTOR },
    );
  } catch (error) {
    if (!(error instanceof StoreError && error.reason === 'NotFound')) throw error;
  }
}

/** Starts the run that was asked for, or says in an Event why it is left out. */
export async function passOnRunRequest(
  { events }: MigrationStore,
  client: Client,
  { schedule, migrations, paused }: { schedule: MigSchedule; migrations: readonly MigMigration[]; paused?: string },
): Promise<void> {
  const request = schedule.status?.runRequest;
  if (!request) return;
  const { namespace = '', name, uid = '' } = schedule.metadata;
  const running = migrations.find((migration) => copiesAhead(schedule, migration) && !hasEnded(migration));
  const why = paused ?? (running && `MigMigration ${running.metadata.name} still runs.`);
  if (why === undefined) return triggerSchedule(client, scheduleId(namespace, name), request.id);
  await events.record({
    about: { kind: 'MigSchedule', namespace, name, uid },
    type: 'Warning',
    reason: 'RunSkipped',
    message: `The run asked for at ${request.at} is left out: ${why}`,
  });
}
