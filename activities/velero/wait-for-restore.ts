import { MIGRATION_NAMESPACE } from '../../resources/meta/labels.js';
import type { RunRef } from '../../resources/run/run-record.js';
import { type ActivityDependencies, clusterOf } from '../kit/dependencies.js';
import { withPulse } from '../kit/pulse.js';
import type { VeleroActivities } from './contract.js';
import { refuseLosses, untilOwnWebhooksRun } from './judge-refused.js';
import { leftAsTheyAre } from './left-as-they-are.js';
import { judge } from './outcome.js';
import { settleRestored } from './settle-restored.js';
import { requestTokens } from './token-requests.js';
import { untilRestored } from './until-restored.js';

export async function waitForRestore(
  deps: ActivityDependencies,
  { run, restore }: { run: RunRef; restore: string },
): ReturnType<VeleroActivities['waitForRestore']> {
  const record = await deps.store.runs.record(run);
  const [source, target] = await Promise.all([clusterOf(deps, record, 'source'), clusterOf(deps, record, 'target')]);
  const wait = {
    waitingFor: `Restore ${restore} to end`,
    where: `cluster ${target.name}, namespace ${MIGRATION_NAMESPACE}`,
    patienceSeconds: record.settings.patience.restore,
    next: 'Check what Velero is doing (kubectl logs deployment/velero), then start the migration again.',
  };
  return withPulse(wait, async (pulse) => {
    const { signal } = pulse;
    const ended = await untilRestored(target, restore, pulse);
    // Also what a failed Restore brought is ours to remove: it is recorded before the failure is told.
    const [settled, judged] = await Promise.allSettled([
      settleRestored(deps, run, record, target, pulse),
      judge(deps, { run, record, client: target, signal }, ended),
    ]);
    if (settled.status === 'rejected') throw settled.reason;
    if (judged.status === 'rejected') throw judged.reason;
    const { warnings, results } = judged.value;
    await refuseLosses(deps, run, record, target, results.errors);
    await requestTokens(deps, run, record, { source, target }, signal);

    const later = untilOwnWebhooksRun(results.errors, record);
    if (later.length > 0) {
      await deps.store.runs.addFacts(run, { refusedTypes: [...new Set(later.map(({ type }) => type))] });
    }
    const told = await leftAsTheyAre(record, { source, target }, results.warnings, signal);
    return {
      items: ended.status.progress?.itemsRestored ?? 0,
      // What is brought later is not lost.
      warnings: later.length > 0 && later.length === results.errors.length ? [] : warnings,
      ...(told.length > 0 && { told }),
      ...(later.length > 0 && { again: true }),
    };
  });
}
