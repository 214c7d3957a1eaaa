import {
  type MigrationStore,
  type RunRow,
  SYSTEM_ACTOR,
  type VolumeTransferRow,
} from '../../migrations-db/migration-store.js';
import type { DirectVolumeMigrationStatus } from '../../resources/kinds/direct-volume-migration.js';
import { conditionsOf } from '../../resources/meta/conditions.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { LABELS } from '../../resources/meta/labels.js';
import { directVolumeName } from '../../resources/run/names.js';
import { describeRun, type RunRef } from '../../resources/run/run-record.js';
import { findRunObject } from '../records/run-objects.js';
import { ShownCopies } from './shown-copies.js';
import { type CopyOutcome, endedStatus } from './shown-status.js';
import { updateStatus } from './write-shown.js';

/**
 * Completes the objects that show a run's copies when the run ends: copies that were not seen to end, because a worker died or the
 * database was away, end there now. There are no such objects for a run that copied no volume.
 */
export async function closeVolumes(store: MigrationStore, run: RunRef): Promise<void> {
  const row = await store.runs.get(run);
  const shown = await findShown(store, run);
  if (!row?.record || !shown) return;
  const ended = row.state === 'Succeeded' || row.state === 'SucceededWithWarnings' ? 'Succeeded' : 'Failed';
  const transfers = await store.runs.transfers(run);
  const lasts = row.record.volumes
    .flatMap(({ id }) => newestOf(transfers, id) ?? [])
    .map((last) => (isOpen(last) ? closed(last, ended) : last));
  const copies = new ShownCopies(store, run, row.record);
  await copies.showStates(lasts);
  for (const last of lasts) await copies.showProgress(last);
  if (run.kind === 'MigMigration') {
    const outcome = await outcomeOf(store, run, row.state);
    await updateStatus(store, shown, (status: DirectVolumeMigrationStatus) => endedStatus(status, outcome));
  }
  if (shown.spec.deleteProgressReportingCRs) await removeProgress(store, shown);
}

const findShown = async ({ resources }: MigrationStore, run: RunRef): Promise<KubeObject | undefined> =>
  resources.get({ kind: 'DirectVolumeMigration', namespace: run.namespace, name: directVolumeName(run) });

const newestOf = (transfers: readonly VolumeTransferRow[], volumeId: string): VolumeTransferRow | undefined => {
  const passes = transfers.filter((transfer) => transfer.volumeId === volumeId);
  return passes.find(({ pass }) => pass === 'final') ?? passes[0];
};

const isOpen = ({ phase }: VolumeTransferRow): boolean => phase === 'Pending' || phase === 'Running';

const closed = (row: VolumeTransferRow, phase: 'Succeeded' | 'Failed'): VolumeTransferRow => ({
  ...row,
  phase,
  endedAt: row.endedAt ?? new Date().toISOString(),
  message: row.message ?? (phase === 'Failed' ? 'The run ended before the copy did.' : undefined),
});

/** In the migration's own words, which are written before its run is finished. */
async function outcomeOf(store: MigrationStore, run: RunRef, state: RunRow['state']): Promise<CopyOutcome> {
  if (state === 'Succeeded' || state === 'SucceededWithWarnings') {
    return { type: 'Succeeded', message: 'All volumes were copied.' };
  }
  const type = state === 'Canceled' ? 'Canceled' : 'Failed';
  const migration = await findRunObject(store, run);
  const said = conditionsOf(migration).find((condition) => condition.type === type);
  return { type, message: said?.message ?? `${describeRun(run)} ended.`, errors: migration?.status?.errors };
}

async function removeProgress({ resources }: MigrationStore, { metadata }: KubeObject): Promise<void> {
  const kind = 'DirectVolumeMigrationProgress';
  const { namespace = '', uid } = metadata;
  const { items } = await resources.list({ kind, namespace, labelSelector: `${LABELS.directVolumeMigration}=${uid}` });
  for (const { metadata: progress } of items) {
    await resources.remove({ kind, namespace, name: progress.name }, { actor: SYSTEM_ACTOR });
  }
}
