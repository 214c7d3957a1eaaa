import type { MigrationInput } from '../../temporal/contract/inputs.js';
import { DirectVolumeStatus } from '../run/direct-volume-status.js';
import { MigrationStatus } from '../run/migration-status.js';

/** The status of what is run, in the words of its kind. */
export const rootStatus = ({ run, itinerary }: MigrationInput): MigrationStatus =>
  run.kind === 'DirectVolumeMigration' ? new DirectVolumeStatus() : new MigrationStatus(itinerary);
