import type { MigMigration } from '../kinds/mig-migration.js';
import type { MigPlan } from '../kinds/mig-plan.js';
import type { PersistentVolumeEntry } from '../kinds/persistent-volume-entry.js';
import { repeated } from '../meta/repeated.js';
import type { Refusal } from './admission.js';
import { type Mapping, parseMapping, parseMappings } from './mappings.js';

/** Why a migration cannot run when source and target are one cluster; empty when it can. */
export function refuseWithinOneCluster({ spec }: MigMigration, plan: MigPlan): Refusal[] {
  if (spec.rollback) return [];
  const namespaces = parseMappings(plan.spec.namespaces);
  const shared = namespaces.filter(({ source }) => namespaces.some(({ target }) => target === source));
  if (!spec.migrateState && shared.length > 0) {
    const names = shared.map(({ source }) => source).join(', ');
    return [
      {
        condition: 'IntraClusterMigration',
        message: `Source and target are one cluster, and ${names} would be both. Map each namespace onto another one in spec.namespaces, or create a MigMigration with spec.migrateState: true to give its volumes another storage class.`,
      },
    ];
  }
  const conflicts = conflictingClaims(plan.spec.persistentVolumes, namespaces);
  if (conflicts.length === 0) return [];
  return [
    {
      condition: 'ConflictingPVCMappings',
      message: `Source and target are one cluster, and these claims would be copied both from and into, or into several times: ${conflicts.join(', ')}. Give each its own name in spec.persistentVolumes[].pvc.name, or skip its volume.`,
    },
  ];
}

/** `namespace/claim` that is both source and target, or the target of several. */
function conflictingClaims(entries: readonly PersistentVolumeEntry[], namespaces: readonly Mapping[]): string[] {
  const copied = entries.filter(({ selection }) => selection.action === 'copy');
  const sources = copied.map(({ pvc }) => `${pvc.namespace}/${parseMapping(pvc.name ?? '').source}`);
  const targets = copied.map(({ pvc }) => {
    const namespace = namespaces.find(({ source }) => source === pvc.namespace)?.target ?? pvc.namespace;
    return `${namespace}/${parseMapping(pvc.name ?? '').target}`;
  });
  return [...new Set([...targets.filter((target) => sources.includes(target)), ...repeated(targets)])];
}
