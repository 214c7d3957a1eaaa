import type { MigPlan } from '../kinds/mig-plan.js';
import type { PersistentVolumeEntry } from '../kinds/persistent-volume-entry.js';
import type { ConditionFinding } from '../meta/conditions.js';
import { critical } from '../meta/findings.js';

/** What the clusters hold that would need something not built yet. */
export interface ObservedNeeds {
  /** Namespaces of the source that hold ImageStreams. */
  imageStreamNamespaces: readonly string[];
  /** Virtual machines whose DataVolumes a conversion would have to replace: `namespace/name (disk)`. */
  dataVolumes: readonly string[];
}

/** Fields of a plan that ask for what is not built yet; never replaced silently by something else. One finding, naming each field. */
export function notYetSupportedFindings(
  plan: MigPlan,
  volumes: readonly PersistentVolumeEntry[],
  observed: ObservedNeeds,
  settings: readonly string[],
): ConditionFinding[] {
  const items = [...planFields(plan.spec), ...volumes.flatMap(volumeFields), ...observedFields(observed), ...settings];
  if (items.length === 0) return [];
  return [
    critical('NotYetSupported', 'NotYetSupported', 'The plan needs features that are not supported yet: [].', items),
  ];
}

function planFields(spec: MigPlan['spec']): string[] {
  const asked: [boolean, string][] = [
    [spec.indirectImageMigration, 'spec.indirectImageMigration (set it to false)'],
    [spec.indirectVolumeMigration, 'spec.indirectVolumeMigration (set it to false)'],
    [spec.liveMigrate === true, 'spec.liveMigrate (set it to false)'],
  ];
  return asked.flatMap(([isAsked, item]) => (isAsked ? [item] : []));
}

function volumeFields({ name, selection, pvc }: PersistentVolumeEntry): string[] {
  const field = (path: string) => `spec.persistentVolumes[${name}].${path}`;
  if (selection.action === 'move') return [`${field('selection.action')} move (choose copy or skip)`];
  if (selection.action !== 'copy') return [];
  const items: string[] = [];
  if (pvc.volumeMode === 'Block') {
    items.push(`${field('pvc.volumeMode')} Block (set selection.action to skip)`);
  } else if (selection.copyMethod !== 'filesystem') {
    items.push(`${field('selection.copyMethod')} ${selection.copyMethod} (choose filesystem)`);
  }
  return items;
}

function observedFields({ imageStreamNamespaces, dataVolumes }: ObservedNeeds): string[] {
  return [
    ...(imageStreamNamespaces.length > 0
      ? [
          `spec.indirectImageMigration false for the ImageStreams of ${imageStreamNamespaces.join(' and ')} (set disable_image_migration to true in MigrationController and move the images yourself)`,
        ]
      : []),
    ...dataVolumes.map(
      (machine) => `the conversion of DataVolumes, as VirtualMachine ${machine} has (set selection.action to skip)`,
    ),
  ];
}
