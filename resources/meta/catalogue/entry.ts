/** MTC's condition categories. Critical and Error keep an object from being Ready. */
export const CATEGORY = {
  Critical: 'Critical',
  Error: 'Error',
  Warn: 'Warn',
  Required: 'Required',
  Advisory: 'Advisory',
} as const;
export type ConditionCategory = (typeof CATEGORY)[keyof typeof CATEGORY];

/** Kinds that show conditions. */
type ConditionedKind =
  | 'MigCluster'
  | 'MigStorage'
  | 'MigPlan'
  | 'MigHook'
  | 'MigMigration'
  | 'MigSchedule'
  | 'DirectVolumeMigration';

/** One type of condition, as its users look it up. */
export interface CatalogueEntry {
  /** Kinds it appears on, each with its category there, or with those it can have. */
  on: Partial<Record<ConditionedKind, ConditionCategory | readonly ConditionCategory[]>>;
  /** Whether MTC has a condition of this name. */
  mtc: boolean;
  /** What it means and what to do. */
  meaning: string;
  /** Not a condition of its own: the message of this one names it. */
  within?: 'Failed';
}
