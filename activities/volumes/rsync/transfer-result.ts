import prettyBytes from 'pretty-bytes';
import { FAILURE, type FailureType, StepFailure } from '../../../resources/meta/failure.js';
import {
  areLinksChanged,
  differences,
  entriesOf,
  isSameOwners,
  LINKS_CHANGED,
  type VolumeCounts,
} from '../compare-counts.js';
import type { Pass, TransferResult } from '../contract.js';
import { type VolumeRun, volumeTitle } from '../volume-run.js';
import type { TransferReport } from './client-events.js';

/**
 * What a pass comes to.
 *
 * @param sent attempts, and bytes that pods which got lost had sent
 * @throws StepFailure when the copy failed: VolumeFull, Refused, ContentDiffers, TransferFailed, PatienceSpent
 */
export function transferResult(
  volumeRun: VolumeRun,
  pass: Pass,
  report: TransferReport,
  sent: { attempts: number; lostBytes: number },
): TransferResult {
  if (report.outcome !== 'copied') throw failureOf(volumeRun, report);
  const { source, target } = report;
  if (!target) throw failureOf(volumeRun, { ...report, outcome: 'unreachable' });
  const found = differences(source, target);
  const isEmptied = entriesOf(source) > 0 && entriesOf(target) === 0;
  if (isEmptied || (pass === 'final' && found.length > 0)) throw contentDiffers(volumeRun, found, report);
  const summary = (counts: VolumeCounts) => ({ files: entriesOf(counts), bytes: counts.bytes });
  return {
    files: report.files,
    bytes: report.bytes,
    sentBytes: report.sentBytes + sent.lostBytes,
    seconds: report.seconds,
    vanished: report.vanished,
    source: summary(source),
    target: summary(target),
    attempts: sent.attempts,
    warnings: warningsOf(volumeRun, pass, report, target),
  };
}

function warningsOf(
  { volume }: VolumeRun,
  pass: Pass,
  { source, errors }: TransferReport,
  target: VolumeCounts,
): string[] {
  const warnings: string[] = [];
  if (pass === 'pre-copy' && errors.length > 0) {
    warnings.push(`Volume ${volume.id}: not all was copied while the application runs: ${errors.join('; ')}`);
  }
  if (areLinksChanged(source, target)) {
    warnings.push(
      `Volume ${volume.id}: ${LINKS_CHANGED}. After quiesce that fails the migration; label the target namespace pod-security.kubernetes.io/enforce=privileged before it.`,
    );
  }
  if (!isSameOwners(source, target)) {
    warnings.push(
      `Volume ${volume.id}: owners of files differ (${source.owners.join(', ')} on the source, ${target.owners.join(', ')} on the target). The transfer pods could not run as root; label the target namespace pod-security.kubernetes.io/enforce=privileged if the owners matter.`,
    );
  }
  return warnings;
}

function contentDiffers({ volume, record }: VolumeRun, found: string[], { errors }: TransferReport): StepFailure {
  return new StepFailure({
    type: FAILURE.ContentDiffers,
    what: `The copy of ${volumeTitle(volume)} differs from its source`,
    where: `clusters ${record.source.name} and ${record.target.name}`,
    why: [found.join('; '), ...errors].join('; '),
    next: 'Check whether something still writes to the source volume or mounts the target claim, then start the migration again.',
  });
}

function failureOf(volumeRun: VolumeRun, report: TransferReport): StepFailure {
  const { volume, record } = volumeRun;
  const title = volumeTitle(volume);
  const said = report.errors.join('; ') || `rsync ended with code ${report.exit}`;
  const target = `cluster ${record.target.name}, PersistentVolumeClaim ${volume.target.namespace}/${volume.target.claim}`;
  const source = `cluster ${record.source.name}, PersistentVolumeClaim ${volume.id}`;
  const failure = (type: FailureType, what: string, where: string, why: string, next: string): StepFailure =>
    new StepFailure({ type, what, where, why, next });

  switch (report.outcome) {
    case 'full':
      return failure(FAILURE.VolumeFull, `Volume ${title} is full`, target, `${roomOf(report)} ${said}.`, LARGER);
    case 'unreadable':
      return failure(
        FAILURE.Refused,
        `The transfer pods may not copy all files of ${title}`,
        source,
        said,
        'Let them run as root: spec.runAsRoot is not false and both namespaces have pod-security.kubernetes.io/enforce=privileged or baseline; or set spec.runAsUser to the owner of the files. Then start the migration again.',
      );
    case 'refused':
      return failure(
        FAILURE.Refused,
        `rsync refused to copy ${title}`,
        source,
        said,
        'Correct rsync_opt_extras in MigrationController, then start the migration again.',
      );
    case 'emptied':
      return failure(
        FAILURE.ContentDiffers,
        `The source volume of ${title} is empty, and the target holds ${report.target ? entriesOf(report.target) : 'some'} entries`,
        `clusters ${record.source.name} and ${record.target.name}`,
        'Nothing was copied: the copy would have deleted what the target holds, which may be the only copy left.',
        "Find out who emptied the source volume; its claim may have been deleted and made again. If it is meant to be empty, set the volume's selection.allowEmpty in the plan, or empty the target claim; then start the migration again.",
      );
    case 'changing':
      return failure(
        FAILURE.ContentDiffers,
        `Files of ${title} changed while they were copied, although the application is halted`,
        source,
        said,
        'Find out what still writes to the volume, then start the migration again.',
      );
    case 'unreachable':
      return failure(
        FAILURE.PatienceSpent,
        `The copy of ${title} did not move for ${record.settings.patience.copy} s`,
        `from cluster ${record.source.name} to ${record.target.name}`,
        said,
        'Check that pods of the source reach the node ports of the target (network policies, firewalls), then start the migration again: what was copied stays.',
      );
    default:
      return failure(
        FAILURE.TransferFailed,
        `The copy of ${title} was interrupted ${report.sessions} times`,
        `from cluster ${record.source.name} to ${record.target.name}`,
        said,
        'Fix what rsync names; a higher rsync_backoff_limit in MigrationController allows more interruptions. Then start the migration again: what was copied stays.',
      );
  }
}

const LARGER =
  'Give the volume more room (in the plan proposedCapacity and capacityConfirmed of the volume, which also enlarges a claim that the plan made; or a larger claim made beforehand), then start the migration again.';

function roomOf({ source, target, space }: TransferReport): string {
  const missing = source.bytes - (target?.bytes ?? 0);
  if (missing <= 0) return `The source holds ${bytes(source.bytes)} in ${entriesOf(source)} entries.`;
  const files = space ? `, and ${bytes(space.availableBytes)} and ${space.freeInodes} inodes are free` : '';
  return `The source holds ${bytes(source.bytes)}; ${bytes(missing)} of them are still to come${files}.`;
}

const bytes = (count: number): string => prettyBytes(count, { binary: true });
