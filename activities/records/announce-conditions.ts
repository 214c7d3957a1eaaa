import type { EventRepository } from '../../migrations-db/migration-store.js';
import { CATEGORY, type Condition } from '../../resources/meta/conditions.js';
import { cutText } from '../../resources/meta/cut-text.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';

const WARNINGS: readonly string[] = [CATEGORY.Critical, CATEGORY.Error, CATEGORY.Warn];

/** Advisory in MTC's catalogue, but important for the operator. */
const BAD_NEWS: readonly string[] = ['Failed', 'Canceled'];

/**
 * Records an Event for each condition that is new or says something else than before. What stays as it was is not repeated, and an
 * advisory condition whose words alone changed (`Step: 3/6`) is not news.
 */
export async function announceConditions(
  events: EventRepository,
  about: KubeObject,
  before: readonly Condition[],
  after: readonly Condition[],
): Promise<void> {
  const { namespace = '', name, uid = '' } = about.metadata;
  for (const condition of after.filter((candidate) => isNews(candidate, before))) {
    await events.record({
      about: { kind: about.kind, namespace, name, uid },
      type: WARNINGS.includes(condition.category) || BAD_NEWS.includes(condition.type) ? 'Warning' : 'Normal',
      reason: condition.type,
      message: cutText(condition.message),
    });
  }
}

function isNews(condition: Condition, before: readonly Condition[]): boolean {
  const old = before.find(({ type }) => type === condition.type);
  if (old?.status !== condition.status || old.reason !== condition.reason) return true;
  return condition.category !== CATEGORY.Advisory && old.message !== condition.message;
}
