import { CancelledFailure } from '@temporalio/activity';
import { FINAL_FAILURES, StepFailure } from '../../resources/meta/failure.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { withPulse } from '../kit/pulse.js';
import { keepInRunLog } from '../kit/run-log.js';
import { untilFirst } from '../kit/until-first.js';
import type { Pass } from './client-pod.js';
import type { TransferEndpoint, TransferResult, VolumeInput } from './contract.js';
import { refuseForeignMounts } from './foreign-mounts.js';
import { retainTargetVolume } from './retain-target-volume.js';
import { sendVolume } from './send-volume.js';
import { serveVolume } from './serve-volume.js';
import { TransferProgress } from './transfer-progress.js';
import { transferResult } from './transfer-result.js';
import { skippedPass } from './unshareable.js';
import { loadVolumeRun, volumeTitle } from './volume-run.js';

/** The client's own patience ends first, and it knows better why. */
const MARGIN_SECONDS = 60;

export async function transferVolume(
  deps: ActivityDependencies,
  input: VolumeInput & { pass: Pass; endpoint: TransferEndpoint },
): Promise<TransferResult> {
  const { run, pass, endpoint } = input;
  const volumeRun = await loadVolumeRun(deps, input);
  const { record, volume } = volumeRun;
  const progress = new TransferProgress(volumeRun, pass);
  progress.begin();
  const wait = {
    waitingFor: `volume ${volumeTitle(volume)} to be copied`,
    where: `from cluster ${record.source.name} to ${record.target.name}`,
    patienceSeconds: record.settings.patience.copy + MARGIN_SECONDS,
    next: 'See what the transfer pods of the volume do on both clusters (their logs are in the log of the migration), then start it again.',
  };
  try {
    const result = await withPulse(wait, async (pulse) => {
      const live = { ...volumeRun, signal: pulse.signal };
      await refuseForeignMounts(live);
      const skipped = pass === 'pre-copy' ? await skippedPass(live) : undefined;
      if (skipped) return skipped;
      const { report, attempts } = await untilFirst(pulse.signal, [
        (signal) => serveVolume({ ...volumeRun, signal }),
        (signal) =>
          sendVolume(
            { ...volumeRun, signal },
            {
              pass,
              endpoint,
              listen(event, attempt, pod) {
                const moved = progress.hear(event, attempt, pod.metadata.creationTimestamp);
                if (moved) pulse.moved();
                if (event.event === 'waiting') pulse.observe(event.why);
              },
            },
          ),
      ]);
      // The copy may be over before its server is seen to run: taken over from a worker that died, it is so from the start.
      await retainTargetVolume({ ...volumeRun, signal: pulse.signal });
      return transferResult(volumeRun, pass, report, { attempts, lostBytes: progress.lostBytes });
    });
    await progress.succeeded(result);
    await keepInRunLog(deps, run, `copy of ${volume.id}`, result.warnings);
    return result;
  } catch (error) {
    if (isFinal(error)) await progress.failed(error.message);
    throw error;
  }
}

/** Nobody goes on with this pass: neither another attempt nor, after a restart, another worker. */
const isFinal = (error: unknown): error is Error =>
  error instanceof StepFailure
    ? FINAL_FAILURES.includes(error.report.type)
    : error instanceof CancelledFailure && error.message === 'CANCELLED';
