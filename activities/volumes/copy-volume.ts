import { CancelledFailure } from '@temporalio/activity';
import { FAILURE, FINAL_FAILURES, StepFailure } from '../../resources/meta/failure.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { withPulse } from '../kit/pulse.js';
import { keepInRunLog } from '../kit/run-log.js';
import { untilFirst } from '../kit/until-first.js';
import type { Pass, PreparedVolume, TransferResult, VolumeInput } from './contract.js';
import { refuseForeignMounts, watchForeignMounts } from './foreign-mounts.js';
import { moverOf } from './movers.js';
import { VolumeProgress } from './volume-progress.js';
import { loadVolumeRun, volumeTitle } from './volume-run.js';

/** The mover's own patience ends first, and it gives the better reason. */
const MARGIN_SECONDS = 60;

/** One pass over a volume, by its mover, and its progress as users see it. */
export async function copyVolume(
  deps: ActivityDependencies,
  input: VolumeInput & { pass: Pass; prepared: PreparedVolume },
): Promise<TransferResult> {
  const { run, pass, prepared } = input;
  const volumeRun = await loadVolumeRun(deps, input);
  const { record, volume } = volumeRun;
  const mover = moverOf(volume);
  const progress = new VolumeProgress(volumeRun, pass, mover.firstPod(volumeRun, pass));
  progress.begin();
  const wait = {
    waitingFor: `volume ${volumeTitle(volume)} to be copied`,
    where: `from cluster ${record.source.name} to ${record.target.name}`,
    patienceSeconds: record.settings.patience.copy + MARGIN_SECONDS,
    next: 'Check what the transfer pods of the volume do on both clusters (their logs are in the log of the migration), then start the migration again.',
  };
  try {
    const result = await withPulse(wait, async (pulse) => {
      const live = { ...volumeRun, signal: pulse.signal };
      await refuseForeignMounts(live);
      return untilFirst(pulse.signal, [
        (signal) => mover.copy({ ...live, signal }, { pass, prepared, progress, pulse }),
        (signal) => watchForeignMounts({ ...live, signal }),
      ]);
    });
    await progress.succeeded(result);
    await keepInRunLog(deps, run, `copy of ${volume.id}`, result.warnings);
    return result;
  } catch (error) {
    // The pods would continue to copy into what others use.
    if (isInUse(error)) await mover.remove(volumeRun);
    if (isFinal(error)) await progress.failed(error.message);
    else progress.end();
    throw error;
  }
}

const isInUse = (error: unknown): boolean =>
  error instanceof StepFailure && error.report.type === FAILURE.TargetVolumeInUse;

/** Neither another attempt nor, after a restart, another worker continues this pass. */
const isFinal = (error: unknown): error is Error =>
  error instanceof StepFailure
    ? FINAL_FAILURES.includes(error.report.type)
    : error instanceof CancelledFailure && error.message === 'CANCELLED';
