import type { KindDefinition } from '../meta/kind-definition.js';
import { configMap } from './core/config-map.js';
import { event } from './core/event.js';
import { namespace } from './core/namespace.js';
import { secret } from './core/secret.js';
import { directVolumeMigration } from './direct-volume-migration.js';
import { directVolumeMigrationProgress } from './direct-volume-migration-progress.js';
import { migCluster } from './mig-cluster.js';
import { migHook } from './mig-hook.js';
import { migMigration } from './mig-migration.js';
import { migPlan } from './mig-plan.js';
import { migSchedule } from './mig-schedule.js';
import { migStorage } from './mig-storage.js';
import { migrationController } from './migration-controller.js';

export type { MigMigration } from './mig-migration.js';
export type { MigPlan } from './mig-plan.js';
export type { MigSchedule } from './mig-schedule.js';

/** Every kind there is, with all that it registers: nothing else lists them. */
const DEFINED = [
  migCluster,
  migStorage,
  migPlan,
  migMigration,
  migSchedule,
  migHook,
  directVolumeMigration,
  directVolumeMigrationProgress,
  migrationController,
  secret,
  configMap,
  event,
  namespace,
] as const;
export const KINDS: readonly KindDefinition[] = DEFINED;

type Named<Flag extends object> = Extract<(typeof DEFINED)[number], Flag>['kind'];
/** Kinds whose status a reconciler keeps true. */
export type ReconciledKind = Named<{ reconciled: true }>;
/** Kinds whose objects are run. */
export type DefinedRunKind = Named<{ isRun: true }>;

/** By group, version and the plural name in the path. */
export const findResource = (group: string, version: string, plural: string): KindDefinition | undefined =>
  KINDS.find((kind) => kind.group === group && kind.version === version && kind.plural === plural);

/** By kind name, which is unique across the groups served. */
export const findKind = (name: string): KindDefinition | undefined => KINDS.find((kind) => kind.kind === name);

/** `v1` or `group/version`. */
export const apiVersionOf = (kind: Pick<KindDefinition, 'group' | 'version'>): string =>
  kind.group ? `${kind.group}/${kind.version}` : kind.version;
