import type { MigMigration } from '../kinds/mig-migration.js';
import type { RunItinerary } from '../run/run-record.js';
import type { Mapping } from './mappings.js';

/** What a migration asks for, as far as its spec tells. Of several that admission would refuse together, the first named here counts. */
export function requestedItinerary({ rollback, stage, migrateState }: Partial<MigMigration['spec']>): RunItinerary {
  if (rollback) return 'Rollback';
  if (stage) return 'Stage';
  return migrateState ? 'State' : 'Final';
}

/**
 * What a migration sets out to do. Volumes that stay in their namespaces of one cluster can only be given another class; everywhere else
 * `migrateState` brings them to where the objects arrive by other means.
 */
export function itineraryOf(
  spec: MigMigration['spec'],
  { oneCluster, namespaces }: { oneCluster: boolean; namespaces: readonly Mapping[] },
): RunItinerary {
  const requested = requestedItinerary(spec);
  return requested === 'State' && oneCluster && namespaces.every(isUnmapped) ? 'Conversion' : requested;
}

export const isUnmapped = ({ source, target }: Mapping): boolean => source === target;
