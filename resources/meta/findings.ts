import { CATEGORY, type ConditionCategory, type ConditionFinding } from './conditions.js';

type MakeFinding = (type: string, reason: string | undefined, message: string, items?: string[]) => ConditionFinding;

const of =
  (category: ConditionCategory): MakeFinding =>
  (type, reason, message, items) => ({
    type,
    category,
    ...(reason !== undefined && { reason }),
    message,
    ...(items !== undefined && { items }),
  });

/** Findings by MTC's categories; `[]` in a message stands for the items. Critical and error keep the object from being ready. */
export const critical = of(CATEGORY.Critical);
export const error = of(CATEGORY.Error);
export const warn = of(CATEGORY.Warn);
export const advisory = of(CATEGORY.Advisory);
export const required = of(CATEGORY.Required);
