import { shortActivity } from '../kit/activities.js';
import type { MigrationRun } from '../run/migration-run.js';
import { quiesce, rehearsal } from '../steps/quiesce.js';
import { type DirectVolumeResult, directVolume } from '../steps/volumes.js';

/** Asks the target what it would refuse, while the application still runs. */
export const rehearseTarget = async (run: MigrationRun): Promise<void> => {
  const options = { part: 'rehearsal', continues: true };
  const { warnings } = await run.step('StageBackup', rehearsal, { summary: run.summary }, options);
  run.warn(warnings);
};

/** Halts the application on the source. From here on every second is downtime. */
export const quiesceSource = async (run: MigrationRun): Promise<void> => {
  run.status.markDown();
  const { warnings } = await run.undoable('quiesceOwed', () =>
    run.step('StageBackup', quiesce, { summary: run.summary }),
  );
  run.warn(warnings);
};

/** The last pass, begun after the application's last write. */
export const finalPass = (run: MigrationRun): Promise<DirectVolumeResult> =>
  run.step(
    'DirectVolume',
    directVolume,
    { summary: run.summary, volumes: run.volumes, pass: 'final', last: true },
    { part: 'final' },
  );

/** For itineraries without Restore, which checks this itself: what was written since quiesce is in no copy. */
export const checkStillHalted = async ({ ref }: MigrationRun): Promise<void> => {
  await shortActivity('Check that nothing scaled the source up again').checkQuiesced({ run: ref });
};
