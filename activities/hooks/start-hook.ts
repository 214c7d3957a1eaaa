import { HOOKS_REFUSED, LABELS } from '../../resources/meta/labels.js';
import { hookDoneFact } from '../../resources/run/facts.js';
import { createOwn } from '../kit/create-own.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { namespaceTolerations } from '../kit/namespace-tolerations.js';
import type { HookInput } from './contract.js';
import { asHookFailure, hookFailed } from './hook-failure.js';
import { hookConfigMap, hookJob } from './hook-manifests.js';
import { observeHookPlace } from './hook-place.js';
import { type HookRun, loadHookRun } from './hook-run.js';

export async function startHook(deps: ActivityDependencies, input: HookInput): Promise<{ job?: string }> {
  if (await isDone(deps, input)) return {};
  const hookRun = await loadHookRun(deps, input);
  if (hookRun.hook.playbook === '') throw unreadable(hookRun);
  await checkPlace(hookRun);
  const playbook = hookConfigMap(hookRun);
  await asHookFailure(hookRun, async () => {
    if (playbook) await createOwn(hookRun.client, playbook);
    const tolerations = await namespaceTolerations(hookRun.client, hookRun.hook.executionNamespace);
    await createOwn(hookRun.client, hookJob(hookRun, tolerations));
  });
  return { job: hookRun.name };
}

/** Without a playbook the image would run what it runs by itself. */
const unreadable = (hookRun: HookRun) =>
  hookFailed(
    hookRun,
    'Its playbook cannot be decrypted.',
    'Add the key it was encrypted with to MTC_ENCRYPTION_KEY, or write spec.playbook of the MigHook again; then start the migration again.',
  );

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
  const { client, hook, record } = hookRun;
  const { executionNamespace: namespace, serviceAccount: name } = hook;
  const place = await observeHookPlace(client, { namespace, name });
  const plan = `MigPlan ${record.plan.name}`;
  if (place.isPowerful) {
    throw hookFailed(
      hookRun,
      `Service account ${name} in namespace ${namespace} moves objects of the whole cluster, and no hook runs as it.`,
      `Name an account with just the rights the hook needs in spec.hooks of ${plan}, then start the migration again.`,
    );
  }
  if (place.isRefused) {
    throw hookFailed(
      hookRun,
      `Namespace ${namespace} or its service account ${name} carries the label ${LABELS.hooks}=${HOOKS_REFUSED}.`,
      `Name another namespace and account in spec.hooks of ${plan}, or ask their owner to take the label off; then start the migration again.`,
    );
  }
  const { namespaceExists, serviceAccountExists } = place;
  if (namespaceExists && serviceAccountExists) return;
  const missing = namespaceExists ? `service account ${name} in namespace ${namespace}` : `namespace ${namespace}`;
  throw hookFailed(
    hookRun,
    `There is no ${missing}, which the plan names for the hook.`,
    `Create the ${namespaceExists ? 'service account' : 'namespace'} or correct spec.hooks of ${plan}, then start the migration again.`,
  );
}
