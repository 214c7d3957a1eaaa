import { CATEGORY, type ConditionCategory, type ConditionTypeOf } from './catalogue/index.js';
import type { ConditionFinding } from './conditions.js';

const of =
  <Category extends ConditionCategory>(category: Category) =>
  (
    type: ConditionTypeOf<Category>,
    reason: string | undefined,
    message: string,
    items?: string[],
  ): ConditionFinding => ({
    type,
    category,
    ...(reason !== undefined && { reason }),
    message,
    ...(items !== undefined && { items }),
  });

/**
 * Findings by MTC's categories, each of a type that the catalogue has in that category; `[]` in a message stands for the items. Critical
 * and error keep the object from being ready.
 */
export const critical = of(CATEGORY.Critical);
export const error = of(CATEGORY.Error);
export const warn = of(CATEGORY.Warn);
export const advisory = of(CATEGORY.Advisory);
export const required = of(CATEGORY.Required);

/** Whether a condition informs without standing in the way. */
export const isWarning = <Found extends Pick<ConditionFinding, 'type' | 'category'>>(
  found: Found,
): found is Found & { type: ConditionTypeOf<'Warn'> } => found.category === CATEGORY.Warn;
