import type { MigrationRun } from '../run/migration-run.js';
import { type DirectVolumeResult, directVolume } from '../steps/volumes.js';

/** The pass over the volumes while the application still runs: only what changes after it costs downtime. */
export const preCopy = (run: MigrationRun): Promise<DirectVolumeResult> =>
  run.step(
    'DirectVolume',
    directVolume,
    { summary: run.summary, volumes: run.volumes, pass: 'pre-copy', last: false },
    { part: 'pre-copy', continues: true },
  );
