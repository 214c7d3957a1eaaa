import type { MigrationStore, RunRow, VolumeTransferRow } from '../../migrations-db/migration-store.js';

export type StepRow = Awaited<ReturnType<MigrationStore['runs']['steps']>>[number];
type LogEntry = Awaited<ReturnType<MigrationStore['runs']['log']>>[number];

/** What is stored of one attempt of a run. */
export interface Attempt {
  run: RunRow;
  steps: StepRow[];
  transfers: VolumeTransferRow[];
  log: LogEntry[];
}
