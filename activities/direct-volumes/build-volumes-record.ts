import type { DirectVolumeMigration } from '../../resources/kinds/direct-volume-migration.js';
import { type ConditionFinding, mergeConditions } from '../../resources/meta/conditions.js';
import { isWarning } from '../../resources/meta/findings.js';
import { COPIES_ONCE } from '../../resources/run/actions.js';
import type { RunCluster, RunRecord, RunRef, RunVolume } from '../../resources/run/run-record.js';
import type { Settings } from '../../resources/run/settings.js';

/** Everything the record of a copy of volumes is made of. No condition blocks it. */
export interface VolumesRecordInputs {
  run: RunRef;
  migration: DirectVolumeMigration;
  source: RunCluster;
  target: RunCluster;
  volumes: RunVolume[];
  settings: Settings;
  warnings: readonly ConditionFinding[];
}

/** The record of a run that halts nothing and copies these volumes once, for good; it has neither plan nor repository. */
export function buildVolumesRecord(inputs: VolumesRecordInputs): RunRecord {
  const { run, migration, source, target, volumes, settings, warnings } = inputs;
  const { attempt, ...identity } = run;
  const { namespace, name, uid } = identity;
  const { backOffLimit = settings.run.rsync.backoffLimit } = migration.spec;
  return {
    migration: identity,
    plan: { namespace, name, uid },
    attempt,
    itinerary: 'Final',
    does: COPIES_ONCE,
    options: { keepAnnotations: false, verify: false },
    source,
    target,
    storage: { namespace: '', name: '', uid: '' },
    namespaces: pairsOf(volumes),
    volumes,
    skippedVolumes: [],
    includedResources: [],
    excludedResources: [],
    settings: { ...settings.run, rsync: { ...settings.run.rsync, backoffLimit: backOffLimit } },
    warnings: mergeConditions([], warnings, '')
      .filter(isWarning)
      .map(({ type, reason, message }) => ({ type, reason, message })),
  };
}

/** Each namespace of the source with those of the target its claims go to. */
function pairsOf(volumes: readonly RunVolume[]): RunRecord['namespaces'] {
  const pairs = new Map(
    volumes.map(({ source, target }) => [
      `${source.namespace}:${target.namespace}`,
      { source: source.namespace, target: target.namespace },
    ]),
  );
  return [...pairs.values()];
}
