import { patched } from '@temporalio/workflow';
import { deed } from '../kit/activities.js';
import type { MigrationRun } from '../run/migration-run.js';
import { type DirectVolumeResult, directVolume } from '../steps/direct-volume.js';
import { rehearsal } from '../steps/rehearsal.js';
import { stageBackup } from '../steps/stage-backup.js';

/** The pass over the volumes while the application still runs: only what changes after it costs downtime. */
export const preCopy = (run: MigrationRun): Promise<DirectVolumeResult> =>
  run.step(
    'DirectVolume',
    directVolume,
    { summary: run.summary, pass: 'pre-copy', last: false },
    { part: 'pre-copy', continues: true },
  );

/** Asks the target what it would refuse, while the application still runs. */
export const rehearse = (run: MigrationRun): Promise<void> =>
  run.step('StageBackup', rehearsal, { summary: run.summary }, { part: 'rehearsal', continues: true });

/** Halts the application on the source. From here on every second is downtime. */
export const quiesce = async (run: MigrationRun, { rehearsed = false } = {}): Promise<void> => {
  // Other itineraries bring no workloads to the target.
  if (run.summary.itinerary === 'Final' && !rehearsed && patched('rehearsal')) await rehearse(run);
  run.status.goesDown();
  const { warnings } = await run.undoable('quiesceOwed', () =>
    run.step('StageBackup', stageBackup, { summary: run.summary }),
  );
  run.warn(warnings);
};

/** The last pass, begun after the application's last write. */
export const finalPass = (run: MigrationRun): Promise<DirectVolumeResult> =>
  run.step('DirectVolume', directVolume, { summary: run.summary, pass: 'final', last: true }, { part: 'final' });

/** For itineraries without Restore, which looks by itself: what was written since quiesce is in no copy. */
export const seeStillHalted = async ({ ref }: MigrationRun): Promise<void> => {
  if (!patched('halted-until-the-end')) return;
  await deed('See that nothing scaled the source up again').checkQuiesced({ run: ref });
};
