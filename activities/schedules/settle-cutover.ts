import { isGoneOrReplaced, type MigrationStore, SYSTEM_ACTOR } from '../../migrations-db/migration-store.js';
import type { CutoverStatus } from '../../resources/kinds/mig-schedule.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import type { ScheduleRef } from '../../temporal/contract/inputs.js';

/** Writes how a cutover ended whose migration is not there to tell; one that is over already, or planned again, is left as it is. */
export async function settleCutover(
  { resources }: MigrationStore,
  { namespace, name, uid }: ScheduleRef,
  migration: string,
  state: Extract<CutoverStatus['state'], 'Canceled' | 'Failed'>,
): Promise<void> {
  const settle = (current: KubeObject): KubeObject => {
    const cutover = current.status?.cutover as CutoverStatus | undefined;
    if (cutover?.migration !== migration || cutover.state !== 'Running') return current;
    return { ...current, status: { ...current.status, cutover: { ...cutover, state } } };
  };
  try {
    await resources.update({ kind: 'MigSchedule', namespace, name }, settle, { actor: SYSTEM_ACTOR, uid });
  } catch (error) {
    // The schedule is gone, or another one has its name.
    if (!isGoneOrReplaced(error)) throw error;
  }
}
