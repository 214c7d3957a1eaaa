import type { MigMigration } from '../kinds/mig-migration.js';
import type { RunItinerary } from '../run/run-record.js';
import type { Mapping } from './mappings.js';

/**
 * What a migration sets out to do. Volumes that stay in their namespaces of one cluster can only be given another class; everywhere else
 * `migrateState` brings them to where the objects arrive by other means.
 */
export function itineraryOf(
  { stage, migrateState, rollback }: MigMigration['spec'],
  { oneCluster, namespaces }: { oneCluster: boolean; namespaces: readonly Mapping[] },
): RunItinerary {
  if (rollback) return 'Rollback';
  if (stage) return 'Stage';
  if (!migrateState) return 'Final';
  return oneCluster && namespaces.every(isUnmapped) ? 'Conversion' : 'State';
}

export const isUnmapped = ({ source, target }: Mapping): boolean => source === target;
