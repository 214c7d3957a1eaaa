import { actionsOf } from '../../../resources/run/actions.js';
import type { RunSummary } from '../../../resources/run/run-record.js';

/** What Prepare finds of a run with one volume; overridden where a test needs it otherwise. */
export const runSummary =
  ({ quiescePods = true, ...overrides }: Partial<RunSummary> & { quiescePods?: boolean } = {}) =>
  (ref: RunSummary['ref']): RunSummary => ({
    ref,
    planUid: 'plan-uid',
    planName: 'shop',
    sourceCluster: 'source',
    targetCluster: 'target',
    itinerary: 'Final',
    does: actionsOf(overrides.itinerary ?? 'Final', { quiesce: quiescePods }),
    verify: false,
    volumes: [{ id: 'shop/data', label: 'shop/data' }],
    maxConcurrentVolumes: 16,
    warnings: [],
    patience: { pod: 1, copy: 1, quiesce: 1, backup: 1, restore: 1, start: 1, cleanup: 1 },
    title: 'shop',
    ...overrides,
  });
