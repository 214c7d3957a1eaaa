import { CATEGORY, type ConditionCategory, type ConditionType } from './catalogue/index.js';
import { cutText } from './cut-text.js';
import type { KubeObject } from './kube-object.js';

export { CATEGORY, type ConditionCategory, type ConditionType } from './catalogue/index.js';

/** One condition as MTC's users read it in `status.conditions`. Times are RFC 3339 in whole seconds. */
export interface Condition {
  type: ConditionType;
  status: 'True' | 'False';
  category: ConditionCategory;
  reason?: string;
  message: string;
  lastTransitionTime: string;
  /** A durable condition survives later checks that do not set it again. */
  durable?: boolean;
  items?: string[];
}

/** Characters, as in Kubernetes: a message may list what is in a large cluster. */
const LONGEST_CONDITION = 32_768;

/** What a check found; the transition time is added when it is merged into a status. */
export type ConditionFinding = Omit<Condition, 'lastTransitionTime' | 'status'> & { status?: 'True' | 'False' };

/**
 * Merges the findings of one check into the previous conditions: unchanged ones keep their transition time, those not found
 * again disappear unless durable, `[]` in a message is replaced by the items.
 *
 * @param now RFC 3339
 */
export function mergeConditions(
  previous: readonly Condition[],
  findings: readonly ConditionFinding[],
  now: string,
): Condition[] {
  const found = findings.map((finding): Condition => {
    const condition = {
      ...finding,
      status: finding.status ?? 'True',
      message: cutText(
        finding.message.replace('[]', () => `[${(finding.items ?? []).join(', ')}]`),
        LONGEST_CONDITION,
      ),
    };
    const before = previous.find((old) => old.type === finding.type);
    const unchanged = before !== undefined && before.status === condition.status && before.reason === condition.reason;
    return { ...condition, lastTransitionTime: unchanged ? before.lastTransitionTime : now };
  });
  const kept = previous.filter((old) => old.durable && !found.some((condition) => condition.type === old.type));
  return [...kept, ...found];
}

export const isBlocker = (condition: Pick<Condition, 'category' | 'status'>): boolean =>
  condition.status === 'True' && (condition.category === CATEGORY.Critical || condition.category === CATEGORY.Error);

export const hasCondition = (
  conditions: readonly { type: string; status: string }[] | undefined,
  type: ConditionType,
): boolean => (conditions ?? []).some((condition) => condition.type === type && condition.status === 'True');

/** The conditions of an object as its last check left them. */
export const conditionsOf = (object: KubeObject | undefined): Condition[] => object?.status?.conditions ?? [];
