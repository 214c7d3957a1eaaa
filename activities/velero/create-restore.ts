import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import { MIGRATION_NAMESPACE } from '../../resources/meta/labels.js';
import type { RunRef, RunWarning } from '../../resources/run/run-record.js';
import { createOwn } from '../kit/create-own.js';
import { type ActivityDependencies, clusterOf } from '../kit/dependencies.js';
import { ensureTargetNamespace } from '../kit/namespaces.js';
import { withPulse } from '../kit/pulse.js';
import { recordWhileRunning } from '../kit/while-running.js';
import { adoptedBy } from '../workloads/halted-before.js';
import { confirmContent } from './backup-content.js';
import { carrySecurityConstraints } from './carry-security-constraints.js';
import { nameToUse } from './name-to-use.js';
import { removeGivenUp } from './remove-leftovers.js';
import { modifiersManifest, restoreManifest } from './restore-manifest.js';
import { restoreModifiers } from './restore-modifiers.js';
import { sharedBindings } from './shared-bindings.js';
import { BACKUP, inVelero, RESTORE } from './velero-objects.js';

export async function createRestore(
  deps: ActivityDependencies,
  { run, backup: backupName }: { run: RunRef; backup: string },
): Promise<{ restore: string; warnings?: RunWarning[] }> {
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
    await recordWhileRunning(deps, run, { restore });
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
      removeGivenUp(deps, run, record, target, pulse),
    ]);
    const adopted = await adoptedBy(deps, record, source, signal);
    const [modifiers, shared, constraints] = await Promise.all([
      restoreModifiers(run, record, backupName, { source, target }, targetIsReady, signal, adopted),
      sharedBindings(deps, run, record, { source, target }, signal),
      carrySecurityConstraints(deps, run, record, { source, target }, signal),
    ]);
    modifiers.resourceModifierRules.push(...shared.rules);
    await createOwn(target, modifiersManifest(run, modifiers), { signal });
    const clusterScoped = (await target.discover({ signal })).filter(({ namespaced }) => !namespaced);
    await confirmContent(deps, { run, record, backup: backupName, signal });
    await createOwn(target, restoreManifest(restore, run, record, { backup, clusterScoped }), { signal });
    const warnings = [...shared.warnings, ...constraints];
    return { restore, ...(warnings.length > 0 && { warnings }) };
  });
}
