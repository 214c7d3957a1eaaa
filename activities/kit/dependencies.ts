import type { Logger } from 'pino';
import type { ClusterClient, ClusterConnections } from '../../clusters/cluster-client.js';
import type { MigrationStore } from '../../migrations-db/migration-store.js';
import type { ClusterSide, RunRecord } from '../../resources/run/run-record.js';

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

/** The client of one side of a run, with the newest credentials. */
export const clusterOf = (deps: ActivityDependencies, record: RunRecord, side: ClusterSide): Promise<ClusterClient> =>
  deps.clusters.connect(record[side]);
