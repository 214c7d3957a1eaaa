import { createHash } from 'node:crypto';
import type { KubeObject } from '../resources/meta/kube-object.js';
import { API_VERSION } from '../resources/meta/labels.js';
import { wholeSeconds } from '../resources/meta/time.js';
import { type EventRepository, type ResourceRepository, StoreError, SYSTEM_ACTOR } from './migration-store.js';

type NewEvent = Parameters<EventRepository['record']>[0];

const CORE_KINDS = new Set(['Secret', 'ConfigMap']);

/** Events are objects like others, named after their content: a repeated one finds the first and increments its count. */
export class PostgresEventRepository implements EventRepository {
  constructor(private readonly resources: ResourceRepository) {}

  async record(event: NewEvent): Promise<void> {
    const fresh = toKubernetesEvent(event);
    const { name, namespace = '' } = fresh.metadata;
    const countUp = () =>
      this.resources.update(
        { kind: 'Event', namespace, name },
        (stored) => ({ ...stored, count: stored.count + 1, lastTimestamp: fresh.lastTimestamp }),
        { actor: SYSTEM_ACTOR },
      );
    const create = () => this.resources.create(fresh, { actor: SYSTEM_ACTOR });
    await countUp().catch(unless('NotFound', () => create().catch(unless('AlreadyExists', countUp))));
  }
}

/** Continues with `next` after this failure, and fails with any other. */
const unless =
  <T>(reason: StoreError['reason'], next: () => Promise<T>) =>
  (error: unknown): Promise<T> => {
    if (error instanceof StoreError && error.reason === reason) {
      return next();
    }
    throw error;
  };

function toKubernetesEvent({ about, type, reason, message }: NewEvent): KubeObject {
  const sameness = createHash('sha256')
    .update(JSON.stringify([about.uid, type, reason, message]))
    .digest('hex');
  const now = wholeSeconds(new Date());
  const apiVersion = CORE_KINDS.has(about.kind) ? 'v1' : API_VERSION;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${about.name.slice(0, 230)}.${sameness.slice(0, 16)}`, namespace: about.namespace },
    involvedObject: { apiVersion, ...about },
    type,
    reason,
    message,
    source: { component: SYSTEM_ACTOR.name },
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
  };
}
