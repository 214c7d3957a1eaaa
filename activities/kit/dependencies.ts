import type { Logger } from 'pino';
import type { ClusterClient, ClusterConnections } from '../../clusters/cluster-client.js';
import type { MigrationStore } from '../../migrations-db/migration-store.js';
import type { ClusterSide, RunRecord } from '../../resources/run/run-record.js';
import { fencedClient } from './fenced-client.js';
import { type Direction, refuseUnless } from './while-running.js';

/** What every activity factory receives. */
export interface ActivityDependencies {
  store: MigrationStore;
  clusters: ClusterConnections;
  logger: Logger;
  /** Images of this installation, where the settings name none. */
  images?: { transferImage?: string; hookRunnerImage?: string };
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
): Promise<ClusterClient> =>
  fencedClient(await deps.clusters.connect(record[side]), () => refuseUnless(deps, record, direction));
