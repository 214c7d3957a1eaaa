import type { Logger } from 'pino';
import type { ClusterClient, ClusterConnections } from '../../clusters/cluster-client.js';
import type { MigrationStore } from '../../migrations-db/migration-store.js';
import type { ClusterSide, RunRecord } from '../../resources/run/run-record.js';
import { fencedClient } from './fenced-client.js';
import { type Direction, refuseUnless } from './while-running.js';
import { type WithoutHelpers, withoutHelpers } from './without-helpers.js';

/** What every activity factory receives. */
export interface ActivityDependencies {
  store: MigrationStore;
  clusters: ClusterConnections;
  logger: Logger;
  /** Images of this installation, where the settings name none. */
  images?: { transferImage?: string; hookRunnerImage?: string };
  /** Where no connection is made to, whatever a MigStorage says. */
  addresses?: { refuseLoopback?: boolean };
}

/** A cluster as a run sees it. */
export interface RunClient extends ClusterClient {
  withoutHelpers: WithoutHelpers;
  /** The one that all runs share, for what they read together. */
  base: ClusterClient;
}

/**
 * The client of one side of a run, with the newest credentials. It changes the cluster only while the state of the run admits it.
 *
 * @param direction of what is done with it
 */
export const clusterOf = async (
  deps: ActivityDependencies,
  record: RunRecord,
  side: ClusterSide,
  direction: Direction = 'forward',
): Promise<RunClient> => {
  const fence = () => refuseUnless(deps, record, direction);
  // What undoes is refused as a whole, also where it would find nothing to change.
  if (direction !== 'forward') await fence();
  const base = await deps.clusters.connect(record[side]);
  return Object.assign(fencedClient(base, fence), { base, withoutHelpers: withoutHelpers(deps.store) });
};
