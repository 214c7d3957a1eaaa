import type { MigPlan } from '../../resources/kinds/mig-plan.js';
import type { HookLookup } from '../../resources/plan/hooks.js';
import type { PlanLookups } from '../../resources/plan/references.js';
import type { Settings } from '../../resources/run/settings.js';

/** A plan in which nothing is wrong that can be seen without its clusters. */
export interface PlanToInspect {
  plan: MigPlan;
  /** Both clusters are Ready, the storage may not be. */
  lookups: PlanLookups;
  /** Hooks in which nothing else is wrong. */
  hooks: readonly HookLookup[];
  settings: Settings;
  /** Settings that ask for what is not built yet. */
  notBuilt: readonly string[];
}
