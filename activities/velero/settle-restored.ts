import type { ClusterClient } from '../../clusters/cluster-client.js';
import { LABELS } from '../../resources/meta/labels.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { createdOnTarget } from '../kit/provenance.js';
import type { Pulse } from '../kit/pulse.js';
import { STRAY_ROLE } from './restore-modifiers.js';
import { findRestored, findStrays, removeRestored } from './restored-objects.js';

/** Records what a Restore brought, by uid, and removes what must not stay. */
export async function settleRestored(
  deps: ActivityDependencies,
  run: RunRef,
  record: RunRecord,
  target: ClusterClient,
  pulse: Pulse,
): Promise<void> {
  const ours = `${LABELS.migratedByMigration}=${run.uid}`;
  const restored = await findRestored(target, record, ours, pulse.signal);
  const strays = await findStrays(target, record, `${ours},${LABELS.helperRole}=${STRAY_ROLE}`, pulse.signal);
  const stays = restored.filter(({ metadata }) => metadata.labels?.[LABELS.helperRole] !== STRAY_ROLE);
  await deps.store.runs.recordCreated(
    run,
    stays.map((object) => createdOnTarget(record, object)),
  );
  await removeRestored(target, strays, pulse);
}
