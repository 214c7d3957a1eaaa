import type { MigrationStore, VolumeTransferRow } from '../../migrations-db/migration-store.js';
import type { DirectVolumeMigrationStatus } from '../../resources/kinds/direct-volume-migration.js';
import type { DirectVolumeMigrationProgressStatus } from '../../resources/kinds/direct-volume-migration-progress.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import type { RunRecord, RunRef, RunVolume } from '../../resources/run/run-record.js';
import { findRunObject } from '../records/run-objects.js';
import { withCopyOf } from './copy-state.js';
import { progressStatus } from './progress-status.js';
import { shownMigration, shownProgress } from './shown-objects.js';
import { copyingStatus } from './shown-status.js';
import { ensureObject, updateStatus } from './write-shown.js';

/**
 * Shows the copies of a run where MTC's users look for them: their states in the run's DirectVolumeMigration, and each volume in a
 * DirectVolumeMigrationProgress. All are made when they are not there.
 */
export class ShownCopies {
  /** By volume, as the DirectVolumeMigration has it. */
  private readonly states = new Map<string, string>();
  private migration: KubeObject | undefined;

  constructor(
    private readonly store: MigrationStore,
    private readonly run: RunRef,
    private readonly record: RunRecord,
  ) {}

  /** Whether the state of a volume's copy is not shown yet. */
  isNews(row: VolumeTransferRow): boolean {
    return !this.migration || this.states.get(row.volumeId) !== stateOf(row);
  }

  /** In one write. */
  async showStates(rows: readonly VolumeTransferRow[]): Promise<void> {
    const { run, record, store } = this;
    const owner = await findRunObject(store, run);
    if (!owner) return;
    const withStates = (status: DirectVolumeMigrationStatus) =>
      rows.reduce((state, row) => {
        const volume = this.volumeOf(row);
        return volume ? withCopyOf(state, volume, row, row.podName) : state;
      }, status);
    // Its own root workflow says the rest.
    this.migration =
      run.kind === 'DirectVolumeMigration'
        ? await updateStatus(store, owner, withStates)
        : await inStatus(store, shownMigration(run, record), (status: DirectVolumeMigrationStatus) =>
            copyingStatus(withStates(status), record),
          );
    for (const row of rows) this.states.set(row.volumeId, stateOf(row));
  }

  /**
   * After its state.
   *
   * @param podCreatedAt when the pod that copies now was made, RFC 3339
   */
  async showProgress(row: VolumeTransferRow, podCreatedAt?: string): Promise<void> {
    const { run, record, store, migration } = this;
    const volume = this.volumeOf(row);
    if (!migration || !volume) return;
    await inStatus(
      store,
      shownProgress(run, record, volume, migration),
      (status: DirectVolumeMigrationProgressStatus) =>
        progressStatus(status, row, { name: row.podName, createdAt: podCreatedAt }),
    );
  }

  private volumeOf({ volumeId }: VolumeTransferRow): RunVolume | undefined {
    return this.record.volumes.find(({ id }) => id === volumeId);
  }
}

const stateOf = ({ pass, phase, podName }: VolumeTransferRow): string => `${pass} ${phase} ${podName}`;

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
