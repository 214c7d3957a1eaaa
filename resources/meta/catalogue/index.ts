import { CLUSTER_CONDITIONS } from './clusters.js';
import type { CatalogueEntry, ConditionCategory } from './entry.js';
import { PLAN_CONDITIONS } from './plan.js';
import { RUN_CONDITIONS } from './runs.js';
import { SCHEDULE_CONDITIONS } from './schedules.js';
import { VOLUME_CONDITIONS } from './volumes.js';

export { CATEGORY, type CatalogueEntry, type ConditionCategory } from './entry.js';

/**
 * Every condition that objects of ours show. What mints one takes its type from here, so an unknown type, or one of another category,
 * does not compile; the texts of OpenAPI and docs/conditions.md are made from it.
 */
export const CONDITIONS = {
  Ready: {
    on: {
      MigCluster: 'Required',
      MigStorage: 'Required',
      MigPlan: 'Required',
      MigHook: 'Required',
      MigSchedule: 'Required',
      MigMigration: 'Required',
      DirectVolumeMigration: 'Required',
    },
    mtc: true,
    meaning:
      'Nothing stands in the way of using the object. While it is missing, the conditions of category Critical and Error say why.',
  },
  ...CLUSTER_CONDITIONS,
  ...PLAN_CONDITIONS,
  ...VOLUME_CONDITIONS,
  ...RUN_CONDITIONS,
  ...SCHEDULE_CONDITIONS,
} as const satisfies Record<string, CatalogueEntry>;

export type ConditionType = keyof typeof CONDITIONS;

type Flat<Value> = Value extends readonly (infer Item)[] ? Item : Value;
type CategoriesOf<Type extends ConditionType> = {
  [Kind in keyof (typeof CONDITIONS)[Type]['on']]: Flat<(typeof CONDITIONS)[Type]['on'][Kind]>;
}[keyof (typeof CONDITIONS)[Type]['on']];

/** Types that some kind shows in this category. */
export type ConditionTypeOf<Category extends ConditionCategory> = {
  [Type in ConditionType]: Category extends CategoriesOf<Type> ? Type : never;
}[ConditionType];

const entries = Object.entries(CONDITIONS) as [ConditionType, CatalogueEntry][];

export interface CataloguedCondition {
  type: ConditionType;
  categories: readonly ConditionCategory[];
  entry: CatalogueEntry;
}

/** The conditions that objects of a kind can show, by name. */
export const conditionsOn = (kind: string): CataloguedCondition[] =>
  entries
    .map(([type, entry]) => ({
      type,
      entry,
      categories: [entry.on[kind as keyof CatalogueEntry['on']] ?? []].flat(),
    }))
    .filter(({ categories }) => categories.length > 0)
    .sort((a, b) => a.type.localeCompare(b.type, 'en'));
