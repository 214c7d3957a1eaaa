import type { MigPlan } from '../kinds/mig-plan.js';
import type { PersistentVolumeEntry } from '../kinds/persistent-volume-entry.js';
import type { ConditionFinding } from '../meta/conditions.js';
import { advisory } from '../meta/findings.js';
import { isUnmapped } from './itinerary.js';
import { parseMapping, parseMappings } from './mappings.js';

type PlanType = 'StorageConversionPlan' | 'StateMigrationPlan' | 'NamespaceMigrationPlan';

const MEANING: Record<PlanType, string> = {
  StorageConversionPlan:
    'The plan gives volumes another storage class in their own namespaces. Run it by a MigMigration with spec.migrateState: true.',
  StateMigrationPlan:
    'The plan brings volumes into claims of other names. Run it by a MigMigration with spec.migrateState: true.',
  NamespaceMigrationPlan: 'The plan migrates the chosen objects of its namespaces.',
};

/** Whether no migration of the plan can do anything but convert storage classes; it then needs no replication repository. */
export function convertsOnly({ spec }: MigPlan, sameCluster: boolean): boolean {
  const namespaces = parseMappings(spec.namespaces);
  return sameCluster && namespaces.length > 0 && namespaces.every(isUnmapped);
}

/**
 * What kind of plan it is, where that can be told from the plan alone. Otherwise each migration says what it wants, and one of them
 * binds no later one, unlike with MTC.
 */
export function planTypeFindings(
  plan: MigPlan,
  sameCluster: boolean,
  volumes: readonly PersistentVolumeEntry[],
): ConditionFinding[] {
  const type = planType(plan, sameCluster, volumes);
  return type ? [advisory('MigrationTypeIdentified', type, MEANING[type])] : [];
}

function planType(
  plan: MigPlan,
  sameCluster: boolean,
  volumes: readonly PersistentVolumeEntry[],
): PlanType | undefined {
  const { indirectImageMigration, indirectVolumeMigration, includedResources = [] } = plan.spec;
  if (indirectImageMigration || indirectVolumeMigration || includedResources.length > 0)
    return 'NamespaceMigrationPlan';
  if (convertsOnly(plan, sameCluster)) return 'StorageConversionPlan';
  const isRenamed = volumes.some(
    ({ selection, pvc }) => selection.action === 'copy' && !isUnmapped(parseMapping(pvc.name ?? '')),
  );
  return isRenamed ? 'StateMigrationPlan' : undefined;
}
