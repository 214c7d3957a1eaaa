import type { MigrationRun } from '../run/migration-run.js';
import { convertedStart, rehearseConverted, swapClaims } from '../steps/claims.js';
import { cleanup } from '../steps/cleanup.js';
import { preCopy } from './pre-copy.js';
import { checkStillHalted, finalPass, quiesceSource } from './quiesce-and-copy.js';
import { stage } from './stage.js';

/**
 * Storage class conversion: within one cluster the volumes are copied into claims of other classes. Without quiesce that is all; with it
 * the application is halted, copied once more, given the new claims and started on them. Prepare has run.
 */
export async function conversion(run: MigrationRun): Promise<void> {
  const { summary } = run;
  if (!summary.does.halts) {
    run.skip('StageBackup');
    run.skip('SwapPVCReferences');
    return stage(run);
  }
  const found = summary.resume ? {} : await untilSwapped(run);
  run.begin('SwapPVCReferences');
  // From the first workload on its new claim, the former claims are out of date.
  const unhealthy = await run.commit(() => run.pausable('SwapPVCReferences', () => convertedStart(run)));
  run.status.markUp();
  run.complete('SwapPVCReferences');
  run.report({ ...found, unhealthy });
  await run.commit(() => run.tidy('Cleanup', cleanup, { summary }));
}

async function untilSwapped(run: MigrationRun): Promise<{ copy: string[]; swap: string[] }> {
  await preCopy(run);
  await quiesceSource(run);
  const copied = await finalPass(run);
  await checkStillHalted(run);
  const swapped = await run.undoable('swapOwed', () =>
    run.step('SwapPVCReferences', swapClaims, { summary: run.summary }, { continues: true }),
  );
  // The start itself cannot be canceled: whatever may block it is found here.
  await run.pausable('SwapPVCReferences', () => rehearseConverted(run));
  return { copy: copied.warnings, swap: swapped.warnings };
}
