import { setTimeout as pause } from 'node:timers/promises';
import type { ClusterClient } from '../../clusters/cluster-client.js';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { MIGRATION_NAMESPACE } from '../../resources/meta/labels.js';
import { veleroName } from '../../resources/run/names.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import { createOwn } from '../kit/create-own.js';
import { type ActivityDependencies, clusterOf, type RunClient } from '../kit/dependencies.js';
import { type Pulse, withPulse } from '../kit/pulse.js';
import { confirmContent } from './backup-content.js';
import { untilOwnWebhooksRun } from './judge-refused.js';
import { judge } from './outcome.js';
import { modifiersManifest, restoreManifest } from './restore-manifest.js';
import { restoreModifiers } from './restore-modifiers.js';
import { settleRestored } from './settle-restored.js';
import { untilRestored } from './until-restored.js';
import { BACKUP, inVelero, phaseOf, RESTORE } from './velero-objects.js';

const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 20_000;

export async function restoreAgain(
  deps: ActivityDependencies,
  { run }: { run: RunRef },
): Promise<{ warnings: string[] }> {
  const record = await deps.store.runs.record(run);
  const { refusedTypes = [], backup = '' } = (await deps.store.runs.get(run))?.facts ?? {};
  if (refusedTypes.length === 0) return { warnings: [] };
  const [source, target] = await Promise.all([clusterOf(deps, record, 'source'), clusterOf(deps, record, 'target')]);
  const wait = {
    waitingFor: `the application's own webhooks to admit objects of ${refusedTypes.join(', ')}`,
    where: `cluster ${target.name}`,
    patienceSeconds: record.settings.patience.start + record.settings.patience.restore,
    next: 'Find out why the webhook named here does not answer, and retry the migration: it brings the rest then.',
  };
  return withPulse(wait, async (pulse) => {
    // Another try of Velero does not count as movement: what is waited for is that the webhooks admit it.
    const still: Pulse = { ...pulse, signal: pulse.signal, moved: (seen) => pulse.observe(seen ?? '') };
    for (let tries = 1; ; tries += 1) {
      const name = veleroName(run, 'rest', tries);
      await ensureRestore(deps, run, record, { source, target }, { name, backup, types: refusedTypes }, still);
      const ended = await untilRestored(target, name, still);
      await settleRestored(deps, run, record, target, still);
      const { warnings, results } = await judge(deps, { run, record, client: target, signal: pulse.signal }, ended);
      const refused = untilOwnWebhooksRun(results.errors, record);
      // Without Velero's messages nothing tells that all is there.
      const isUntold = phaseOf(ended) === 'PartiallyFailed' && results.errors.length === 0;
      if (refused.length === 0 && !isUntold) {
        await deps.store.runs.addFacts(run, { refusedTypes: [] });
        return { warnings };
      }
      pulse.observe(refused[0]?.message.slice(0, 300) ?? warnings.join(' '));
      await pause(Math.min(FIRST_PAUSE_MS * tries, LONGEST_PAUSE_MS), undefined, { signal: pulse.signal });
    }
  });
}

/** Of the run's Backup, the types that are missing; what is there by now is left as it is. */
async function ensureRestore(
  deps: ActivityDependencies,
  run: RunRef,
  record: RunRecord,
  clients: { source: RunClient; target: RunClient },
  { name, backup: backupName, types }: { name: string; backup: string; types: readonly string[] },
  { signal }: Pulse,
): Promise<void> {
  const { target } = clients;
  if (await target.get(inVelero(RESTORE, name), { signal })) return;
  const backup = await target.get(inVelero(BACKUP, backupName), { signal });
  if (!backup) throw withoutBackup(target, backupName, types);
  // A retry has modifiers of its own.
  const modifiers = await restoreModifiers(run, record, backupName, clients, Promise.resolve(), signal);
  await createOwn(target, modifiersManifest(run, modifiers), { signal });
  const clusterScoped = (await target.discover({ signal })).filter(({ namespaced }) => !namespaced);
  await confirmContent(deps, { run, record, backup: backupName, signal });
  const manifest: KubeObject = restoreManifest(name, run, record, { backup, clusterScoped });
  await createOwn(target, { ...manifest, spec: { ...manifest.spec, includedResources: types } }, { signal });
}

const withoutBackup = (target: ClusterClient, backup: string, types: readonly string[]): StepFailure =>
  new StepFailure({
    type: FAILURE.RestoreFailed,
    what: `Backup ${backup} is not on the target, and objects of ${types.join(', ')} are missing there`,
    where: `cluster ${target.name}, namespace ${MIGRATION_NAMESPACE}`,
    why: 'It was deleted after the first Restore, in which webhooks of the application that did not run yet refused these objects.',
    next: 'Create the objects on the target from those of the source.',
  });
