import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import { MIGRATION_NAMESPACE } from '../../resources/meta/labels.js';
import type { RunRef } from '../../resources/run/run-record.js';
import { type ActivityDependencies, clusterOf } from '../kit/dependencies.js';
import { ensureTargetNamespace } from '../kit/namespaces.js';
import { withPulse } from '../kit/pulse.js';
import { confirmContent } from './backup-content.js';
import { carrySecurityConstraints } from './carry-security-constraints.js';
import { nameToUse } from './name-to-use.js';
import { removeLeftovers } from './remove-leftovers.js';
import { modifiersManifest, restoreManifest } from './restore-manifest.js';
import { restoreModifiers } from './restore-modifiers.js';
import { BACKUP, inVelero, RESTORE } from './velero-objects.js';

export async function createRestore(
  deps: ActivityDependencies,
  { run, backup: backupName }: { run: RunRef; backup: string },
): Promise<{ restore: string }> {
  const record = await deps.store.runs.record(run);
  const [source, target] = await Promise.all([clusterOf(deps, record, 'source'), clusterOf(deps, record, 'target')]);
  const wait = {
    waitingFor: 'the Restore to be made',
    where: `cluster ${target.name}`,
    patienceSeconds: record.settings.patience.restore,
    next: 'Check what holds the objects named here (finalizers, a webhook), then start the migration again.',
  };
  return withPulse(wait, async (pulse) => {
    const { signal } = pulse;
    const { name: restore, exists } = await nameToUse(target, RESTORE, run, signal);
    await deps.store.runs.addFacts(run, { restore });
    if (exists) return { restore };
    const backup = await target.get(inVelero(BACKUP, backupName), { signal });
    if (!backup) {
      throw new StepFailure({
        type: FAILURE.RestoreFailed,
        what: `Backup ${backupName} is not on the target`,
        where: `cluster ${target.name}, namespace ${MIGRATION_NAMESPACE}`,
        why: 'It was put there when it had ended, and has been deleted since.',
        next: 'Start the migration again and leave its Velero objects alone while it runs.',
      });
    }
    const targetIsReady = Promise.all([
      ...record.namespaces.map((namespace) => ensureTargetNamespace(deps, run, namespace, signal)),
      removeLeftovers(deps, run, record, target, pulse),
      carrySecurityConstraints(deps, run, record, { source, target }, signal),
    ]);
    const modifiers = await restoreModifiers(run, record, backupName, { source, target }, targetIsReady, signal);
    await target.createIfAbsent(modifiersManifest(run, modifiers), { signal });
    const clusterScoped = (await target.discover({ signal })).filter(({ namespaced }) => !namespaced);
    await confirmContent(deps, { run, record, backup: backupName, signal });
    await target.createIfAbsent(restoreManifest(restore, run, record, { backup, clusterScoped }), { signal });
    return { restore };
  });
}
