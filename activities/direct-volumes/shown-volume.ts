import type { MigrationStore, VolumeTransferRow } from '../../migrations-db/migration-store.js';
import type { DirectVolumeMigrationStatus } from '../../resources/kinds/direct-volume-migration.js';
import type { DirectVolumeMigrationProgressStatus } from '../../resources/kinds/direct-volume-migration-progress.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { type RunRecord, type RunRef, type RunVolume } from '../../resources/run/run-record.js';
import { findRunObject } from '../records/run-objects.js';
import { withCopyOf } from './copy-state.js';
import { progressStatus } from './progress-status.js';
import { shownMigration, shownProgress } from './shown-objects.js';
import { copyingStatus } from './shown-status.js';
import { ensureObject, updateStatus } from './write-shown.js';

/**
 * Shows the copy of one volume where MTC's users look for it: in the run's DirectVolumeMigration, when the copy's state changes, and in
 * the volume's DirectVolumeMigrationProgress. Both are made when they are not there.
 */
export class ShownVolume {
  private shownState = '';
  private migration: KubeObject | undefined;

  constructor(
    private readonly store: MigrationStore,
    private readonly run: RunRef,
    private readonly record: RunRecord,
    private readonly volume: RunVolume,
  ) {}

  /** @param podCreatedAt when the pod that copies now was made, RFC 3339 */
  async show(row: VolumeTransferRow, podCreatedAt?: string): Promise<void> {
    const { run, record, store, volume } = this;
    const state = `${row.pass} ${row.phase} ${row.podName}`;
    if (!this.migration || state !== this.shownState) {
      this.migration = await this.showState(row);
      this.shownState = state;
    }
    if (!this.migration) return;
    const progress = shownProgress(run, record, volume, this.migration);
    await inStatus(store, progress, (status: DirectVolumeMigrationProgressStatus) =>
      progressStatus(status, row, { name: row.podName, createdAt: podCreatedAt }),
    );
  }

  private async showState(row: VolumeTransferRow): Promise<KubeObject | undefined> {
    const { run, record, store, volume } = this;
    const owner = await findRunObject(store, run);
    if (!owner) return undefined;
    const withState = (status: DirectVolumeMigrationStatus) => withCopyOf(status, volume, row, row.podName);
    // Its own root workflow says the rest.
    if (run.kind === 'DirectVolumeMigration') {
      return updateStatus(store, owner, withState);
    }
    return inStatus(store, shownMigration(run, record), (status: DirectVolumeMigrationStatus) =>
      copyingStatus(withState(status), record),
    );
  }
}

/** Gives an object its next status; it is made first when it is not there. */
async function inStatus<Status>(
  store: MigrationStore,
  object: KubeObject,
  change: (status: Status) => Status,
): Promise<KubeObject | undefined> {
  const updated = await updateStatus(store, object, change);
  if (updated) return updated;
  await ensureObject(store, object);
  return updateStatus(store, object, change);
}
