import { hookDoneFact } from '../../resources/run/facts.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { namespaceTolerations } from '../kit/namespace-tolerations.js';
import type { HookInput } from './contract.js';
import { asHookFailure, hookFailed } from './hook-failure.js';
import { hookConfigMap, hookJob } from './hook-manifests.js';
import { type HookRun, loadHookRun } from './hook-run.js';

export async function startHook(deps: ActivityDependencies, input: HookInput): Promise<{ job?: string }> {
  if (await isDone(deps, input)) return {};
  const hookRun = await loadHookRun(deps, input);
  await checkPlace(hookRun);
  const playbook = hookConfigMap(hookRun);
  await asHookFailure(hookRun, async () => {
    if (playbook) await hookRun.client.createIfAbsent(playbook);
    const tolerations = await namespaceTolerations(hookRun.client, hookRun.hook.executionNamespace);
    await hookRun.client.createIfAbsent(hookJob(hookRun, tolerations));
  });
  return { job: hookRun.name };
}

/**
 * In this attempt or, after the commit point, in those whose facts it took over: what was done to the application on the target stays
 * done. An attempt that began from the beginning has none of these facts.
 */
async function isDone({ store }: ActivityDependencies, { run, phase }: HookInput): Promise<boolean> {
  const done = (await store.runs.get(run))?.facts[hookDoneFact(phase)];
  return phase === 'PostRestore' ? done !== undefined : done === run.attempt;
}

/** Checked with the plan already, but that may be long ago. */
async function checkPlace(hookRun: HookRun): Promise<void> {
  const { client, hook } = hookRun;
  const { executionNamespace: namespace, serviceAccount: name } = hook;
  const [space, account] = await Promise.all([
    client.get({ apiVersion: 'v1', kind: 'Namespace', name: namespace }),
    client.get({ apiVersion: 'v1', kind: 'ServiceAccount', namespace, name }),
  ]);
  if (space && account) return;
  const missing = space ? `service account ${name} in namespace ${namespace}` : `namespace ${namespace}`;
  throw hookFailed(
    hookRun,
    `There is no ${missing}, which the plan names for the hook.`,
    `Create the ${space ? 'service account' : 'namespace'} or correct spec.hooks of MigPlan ${hookRun.record.plan.name}, then start the migration again.`,
  );
}
