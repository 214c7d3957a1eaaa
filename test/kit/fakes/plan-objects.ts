import { type MigPlan, migPlan } from '../../../resources/kinds/mig-plan.js';
import type { PersistentVolumeEntry } from '../../../resources/kinds/persistent-volume-entry.js';
import type { Condition } from '../../../resources/meta/conditions.js';
import type { KubeObject } from '../../../resources/meta/kube-object.js';
import type { PlanMigration } from '../../../resources/plan/plan-migration.js';

/** A plan as the API stores it, with the defaults of its kind. */
export const planOf = (
  spec: Record<string, unknown>,
  status?: { conditions: Condition[] },
  name = 'plan',
): MigPlan => ({
  apiVersion: 'migration.openshift.io/v1alpha1',
  kind: 'MigPlan',
  metadata: { namespace: 'openshift-migration', name, uid: `uid-of-${name}` },
  spec: migPlan.spec?.parse(spec) as MigPlan['spec'],
  status: status as MigPlan['status'],
});

export const objectOf = (kind: string, name: string, fields: Record<string, unknown> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind,
  ...fields,
  metadata: { namespace: 'shop', name, ...(fields.metadata as object) },
});

/** A volume of a plan that is copied, as discovery and defaults leave it. */
export const volumeOf = (
  selection: PersistentVolumeEntry['selection'] = {},
  fields: Partial<PersistentVolumeEntry> = {},
): PersistentVolumeEntry => ({
  name: 'pv-1',
  capacity: '1Gi',
  storageClass: 'standard',
  supported: { actions: ['skip', 'copy'], copyMethods: ['filesystem', 'block', 'snapshot'] },
  pvc: {
    namespace: 'shop',
    name: 'data',
    accessModes: ['ReadWriteOnce'],
    volumeMode: 'Filesystem',
    hasReference: true,
  },
  ...fields,
  selection: { action: 'copy', copyMethod: 'filesystem', storageClass: 'standard', verify: false, ...selection },
});

/** A migration of a plan that has ended without effect, unless the changes say otherwise. */
export const migrationOf = (
  itinerary: PlanMigration['itinerary'],
  changes: Partial<PlanMigration> = {},
): PlanMigration => ({
  name: 'before',
  uid: 'before',
  at: '2026-01-01T00:00:00Z',
  itinerary,
  running: false,
  succeeded: false,
  committed: false,
  ...changes,
});
