import { patched } from '@temporalio/workflow';
import type { MigrationRun } from '../run/migration-run.js';
import { cleanup } from '../steps/cleanup.js';
import { rehearseConverted, startConverted } from '../steps/start-converted.js';
import { swapClaims } from '../steps/swap-claims.js';
import { finalPass, preCopy, quiesce, seeStillHalted } from './passes.js';
import { stage } from './stage.js';

/**
 * Storage class conversion: within one cluster the volumes are copied into claims of other classes. Without quiesce that is all; with it
 * the application is halted, copied once more, given the new claims and started on them. Prepare has run.
 */
export async function conversion(run: MigrationRun): Promise<void> {
  const { summary } = run;
  if (!summary.quiescePods) {
    run.skip('StageBackup');
    run.skip('SwapPVCReferences');
    return stage(run);
  }
  const found = summary.resume ? {} : await untilSwapped(run);
  run.begin('SwapPVCReferences');
  // From the first workload on its new claim the former ones grow old.
  const unhealthy = await run.commit(() => run.patiently('SwapPVCReferences', () => startConverted(run)));
  run.status.isUp();
  run.complete('SwapPVCReferences');
  run.report({ ...found, unhealthy });
  await run.commit(() => run.tidy('Cleanup', cleanup, { summary }));
}

async function untilSwapped(run: MigrationRun): Promise<{ copy: string[]; swap: string[] }> {
  await preCopy(run);
  await quiesce(run);
  const copied = await finalPass(run);
  await seeStillHalted(run);
  const swapped = await run.undoable('swapOwed', () =>
    run.step('SwapPVCReferences', swapClaims, { summary: run.summary }, { continues: true }),
  );
  // The start itself is not left by a cancel: whatever may hold it up is met here.
  if (patched('start-rehearsal')) await run.patiently('SwapPVCReferences', () => rehearseConverted(run));
  return { copy: copied.warnings, swap: swapped.warnings };
}
