import { POD } from '../../resources/meta/kube-object.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { keepPodEvidenceOnce } from '../kit/pod-evidence.js';
import { withPulse } from '../kit/pulse.js';
import { removeHelpers } from '../kit/remove-helpers.js';
import type { HookInput } from './contract.js';
import { hookSelector, hookTitle, loadHookRun } from './hook-run.js';
import { JOB } from './job-end.js';

/** The Job first: it would make new pods. */
const KINDS = [JOB, POD, { apiVersion: 'v1', kind: 'ConfigMap' }] as const;

export async function removeHook(deps: ActivityDependencies, input: HookInput): Promise<void> {
  const hookRun = await loadHookRun(deps, input, 'tidy');
  const { run, record, hook, client, where } = hookRun;
  const wait = {
    waitingFor: `what ${hookTitle(hook)} ran in to be gone`,
    where,
    patienceSeconds: record.settings.patience.cleanup,
    next: 'Check what holds the objects named here (finalizers, a lost node, a webhook); they may be deleted by hand.',
  };
  await withPulse(wait, async (pulse) => {
    const { signal } = pulse;
    const scope = { namespace: hook.executionNamespace, labelSelector: hookSelector(hookRun), signal };
    await removeHelpers(client, pulse, {
      list: async () =>
        (await Promise.all(KINDS.map((kind) => client.list(kind, scope)))).flatMap(({ items }) => items),
      // A hook that was canceled still runs, or has a log that is not kept yet.
      keep: async (helper) => {
        if (helper.kind === POD.kind) await keepPodEvidenceOnce(deps, run, client, helper, signal);
      },
    });
  });
}
