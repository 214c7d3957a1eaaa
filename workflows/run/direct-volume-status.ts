import { CATEGORY } from '../../resources/meta/conditions.js';
import type { Itinerary } from '../../resources/run/run-record.js';
import { STEPS } from '../../resources/run/steps.js';
import { MigrationStatus, type StatusWords } from './migration-status.js';

/** MTC's phases of a DirectVolumeMigration. The steps of halting and restoring do not occur. */
const WORDS: StatusWords = {
  steps: {
    ...STEPS,
    Prepare: { phase: 'Prepare', message: 'Checking the claims and both clusters.' },
    DirectVolume: { phase: 'RunRsyncOperations', message: STEPS.DirectVolume.message },
    Cleanup: { phase: 'DeleteRsyncResources', message: STEPS.Cleanup.message },
    CleanupHelpers: { phase: 'DeleteRsyncResources', message: STEPS.CleanupHelpers.message },
  },
  failed: CATEGORY.Critical,
};

/** MTC's names for them. */
const ITINERARIES: Partial<Record<Itinerary, string>> = {
  Cancel: 'VolumeMigrationFailed',
  Failed: 'VolumeMigrationFailed',
};

/**
 * What an MTC user reads in DirectVolumeMigration.status, as far as the root workflow knows it; the state of each volume is written by
 * activities and kept by the store.
 */
export class DirectVolumeStatus extends MigrationStatus {
  constructor() {
    super('Stage', WORDS);
  }

  /** Its steps are always the same. */
  override shape(): void {}

  protected override built(): Record<string, unknown> {
    const { pipeline: _, ...status } = super.built();
    const running = Object.values(WORDS.steps).find(({ phase }) => phase === status.phase);
    return {
      ...status,
      phaseDescription: running?.message,
      itinerary: ITINERARIES[this.itinerary] ?? 'VolumeMigration',
    };
  }
}
