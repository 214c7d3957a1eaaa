import { isGoneOrReplaced, type MigrationStore, SYSTEM_ACTOR } from '../../migrations-db/migration-store.js';
import { isSweepDue, sweepsRequested } from '../../resources/kinds/sweep-request.js';
import { conditionsOf, mergeConditions } from '../../resources/meta/conditions.js';
import { warn } from '../../resources/meta/findings.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { wholeSeconds } from '../../resources/meta/time.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import type { RemovalOutcome } from './contract.js';
import { sweepEndedRuns } from './remove-plan-helpers.js';

const SWEEP_INCOMPLETE = 'SweepIncomplete';

export async function sweepPlan(
  deps: ActivityDependencies,
  { namespace, name }: { namespace: string; name: string },
): Promise<{ again: boolean }> {
  const { store } = deps;
  const plan = await store.resources.get({ kind: 'MigPlan', namespace, name });
  if (!plan || !isSweepDue(plan)) return { again: false };
  const outcome = await sweepEndedRuns(deps, plan.metadata.uid ?? '');
  const swept = await record(store, plan, outcome);
  if (!swept) return { again: false };
  await announce(store, plan, outcome);
  return { again: isSweepDue(swept) };
}

/** The plan with what came of it; undefined when it was deleted since. */
async function record(
  store: MigrationStore,
  plan: KubeObject,
  { removed, errors }: RemovalOutcome,
): Promise<KubeObject | undefined> {
  const { namespace = '', name, uid } = plan.metadata;
  const at = wholeSeconds(new Date());
  const message = 'Not everything that the migrations of this plan left could be removed: []';
  const incomplete = { ...warn(SWEEP_INCOMPLETE, undefined, message, errors), durable: true };
  const lastSweep = { at, removed, ...(errors.length > 0 && { errors }), request: sweepsRequested(plan) };
  try {
    return await store.resources.update(
      { kind: 'MigPlan', namespace, name },
      (current) => {
        const others = conditionsOf(current).filter(({ type }) => type !== SWEEP_INCOMPLETE);
        const known = conditionsOf(current).filter(({ type }) => type === SWEEP_INCOMPLETE);
        const conditions = errors.length > 0 ? [...others, ...mergeConditions(known, [incomplete], at)] : others;
        return { ...current, status: { ...current.status, conditions, lastSweep } };
      },
      { actor: SYSTEM_ACTOR, uid },
    );
  } catch (error) {
    if (isGoneOrReplaced(error)) return undefined;
    throw error;
  }
}

async function announce({ events }: MigrationStore, { kind, metadata }: KubeObject, outcome: RemovalOutcome) {
  const { namespace = '', name, uid = '' } = metadata;
  const about = { kind, namespace, name, uid };
  const message =
    `${outcome.removed} objects that ended migrations left were removed. ${outcome.errors.join(' ')}`.trim();
  if (outcome.errors.length > 0) await events.record({ about, type: 'Warning', reason: SWEEP_INCOMPLETE, message });
  else await events.record({ about, type: 'Normal', reason: 'Swept', message });
}
