import type { PersistentVolumeEntry } from '../../kinds/persistent-volume-entry.js';
import type { ConditionFinding } from '../../meta/conditions.js';
import { error, warn } from '../../meta/findings.js';
import type { ListedStorageClass } from './storage-classes.js';

/** What was chosen for the volumes, against what they and the target can do. Volumes that are skipped are not looked at. */
export function selectionFindings(
  entries: readonly PersistentVolumeEntry[],
  classes: readonly ListedStorageClass[],
  { targetCluster, limit }: { targetCluster: string; limit: number },
): ConditionFinding[] {
  const copied = entries.filter(({ selection }) => selection.action === 'copy');
  const known = classes.map(({ name }) => name);
  const classesThere = known.length > 0 ? known.join(', ') : 'none';
  return [
    ...about(entries.filter(needsAction), nameOf, (items) =>
      error(
        'PvInvalidAction',
        'NotDone',
        'The action chosen for volumes is not one they support: []. Set selection.action to one of supported.actions.',
        items,
      ),
    ),
    ...about(
      entries.filter(({ supported }) => !supported?.actions.some((action) => action !== 'skip')),
      nameOf,
      (items) =>
        warn('PvNoSupportedAction', undefined, 'Volumes can neither be copied nor moved and are left out: [].', items),
    ),
    ...about(
      copied.filter(({ selection }) => selection.storageClass && !known.includes(selection.storageClass)),
      withClass,
      (items) =>
        error(
          'PvInvalidStorageClass',
          'NotDone',
          `The storage class chosen for volumes is not on target cluster ${targetCluster}: []. Set selection.storageClass to one that is there (${classesThere}), or create the class.`,
          items,
        ),
    ),
    ...about(
      copied.filter(({ selection }) => !selection.storageClass),
      nameOf,
      (items) =>
        warn(
          'PvNoStorageClassSelection',
          'NotFound',
          `No storage class is chosen for volumes: []. Set selection.storageClass to one that is on target cluster ${targetCluster} (${classesThere}).`,
          items,
        ),
    ),
    ...about(
      copied.filter((entry) => !supportsMode(entry, classes)),
      withModes,
      (items) =>
        warn(
          'PvWarnAccessModeUnavailable',
          undefined,
          'The storage class chosen for volumes may not offer their access mode: []. Choose another class or selection.accessMode.',
          items,
        ),
    ),
    ...about(
      copied.filter(({ supported, selection }) => !supported?.copyMethods.includes(selection.copyMethod ?? '')),
      nameOf,
      (items) =>
        error(
          'PvInvalidCopyMethod',
          'NotDone',
          'The copy method chosen for volumes is not one they support: []. Set selection.copyMethod to one of supported.copyMethods.',
          items,
        ),
    ),
    ...(entries.length > limit
      ? [
          warn(
            'PvLimitExceeded',
            'LimitExceeded',
            `The plan holds ${entries.length} volumes, mig_pv_limit is ${limit}. The migration may take long; split the plan, or raise the limit in MigrationController.`,
          ),
        ]
      : []),
  ];
}

const about = (
  entries: readonly PersistentVolumeEntry[],
  describe: (entry: PersistentVolumeEntry) => string,
  finding: (items: string[]) => ConditionFinding,
): ConditionFinding[] => (entries.length > 0 ? [finding(entries.map(describe))] : []);

const needsAction = ({ supported, selection }: PersistentVolumeEntry): boolean =>
  !supported?.actions.includes(selection.action ?? '');

/** True too where the class is unknown: that is told by another condition. */
function supportsMode({ selection, pvc }: PersistentVolumeEntry, classes: readonly ListedStorageClass[]): boolean {
  const chosen = classes.find(({ name }) => name === selection.storageClass);
  if (!chosen) return true;
  const offered = chosen.volumeAccessModes.find(({ volumeMode }) => volumeMode === (pvc.volumeMode ?? 'Filesystem'));
  return wantedModes({ selection, pvc }).some((mode) => offered?.accessModes.includes(mode));
}

const wantedModes = ({ selection, pvc }: Pick<PersistentVolumeEntry, 'selection' | 'pvc'>): string[] =>
  selection.accessMode && selection.accessMode !== 'auto' ? [selection.accessMode] : (pvc.accessModes ?? []);

const nameOf = ({ name, pvc }: PersistentVolumeEntry): string => `${name} (${pvc.namespace}/${pvc.name})`;
const withClass = (entry: PersistentVolumeEntry): string => `${nameOf(entry)}: ${entry.selection.storageClass}`;
const withModes = (entry: PersistentVolumeEntry): string =>
  `${nameOf(entry)}: ${wantedModes(entry).join(' or ')} of ${entry.selection.storageClass}`;
