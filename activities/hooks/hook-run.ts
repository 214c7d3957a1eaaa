import type { ClusterClient } from '../../clusters/cluster-client.js';
import { LABELS } from '../../resources/meta/labels.js';
import { hookName } from '../../resources/run/names.js';
import type { RunHook, RunRecord, RunRef } from '../../resources/run/run-record.js';
import { type ActivityDependencies, clusterOf } from '../kit/dependencies.js';
import type { Direction } from '../kit/while-running.js';
import type { HookInput } from './contract.js';

/** A hook with the run it belongs to and the cluster it runs in. */
export interface HookRun {
  run: RunRef;
  record: RunRecord;
  hook: RunHook;
  client: ClusterClient;
  /** Of its Job, and of the ConfigMap with its playbook. */
  name: string;
  /** `cluster source, Job tools/mtc-hook-prebackup-0a1b2c3d` */
  where: string;
}

export async function loadHookRun(
  deps: ActivityDependencies,
  { run, phase }: HookInput,
  direction?: Direction,
): Promise<HookRun> {
  const record = await deps.store.runs.record(run);
  const hook = record.hooks?.find((candidate) => candidate.phase === phase);
  if (!hook) throw new Error(`The record of ${run.name} has no ${phase} hook`);
  const client = await clusterOf(deps, record, hook.cluster, direction);
  const name = hookName(run, phase);
  return { run, record, hook, client, name, where: `cluster ${client.name}, Job ${hook.executionNamespace}/${name}` };
}

/** `Hook drain (PreBackup)` */
export const hookTitle = ({ name, phase }: RunHook): string => `Hook ${name} (${phase})`;

/** Ours, and those that MTC sets on hooks. */
export const hookLabels = ({ run, hook }: Pick<HookRun, 'run' | 'hook'>): Record<string, string> => ({
  [LABELS.helper]: run.uid,
  [LABELS.helperRole]: 'hook',
  [LABELS.hook]: hook.uid,
  [LABELS.hookPhase]: hook.phase,
  [LABELS.owner]: run.uid,
});

/** Of Job, pods and ConfigMap of one hook, in whatever attempt of the run. */
export const hookSelector = ({ run, hook }: Pick<HookRun, 'run' | 'hook'>): string =>
  `${LABELS.helper}=${run.uid},${LABELS.hookPhase}=${hook.phase}`;
