import { Context } from '@temporalio/activity';
import type { ClusterClient } from '../../clusters/cluster-client.js';
import { FAILURE, StepFailure } from '../../resources/meta/failure.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { ANNOTATIONS, LABELS } from '../../resources/meta/labels.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import { createOwn } from '../kit/create-own.js';
import { type ActivityDependencies, clusterOf } from '../kit/dependencies.js';
import { HELPER_KINDS } from '../kit/helper-kinds.js';
import { readObjects } from '../kit/read-objects.js';
import { recordWhileRunning } from '../kit/while-running.js';
import { recordedRuns } from '../kit/without-helpers.js';
import { sourceNamespaces } from '../workloads/list-workloads.js';
import { backupManifest } from './backup-manifest.js';
import { findLeftBehind } from './left-behind.js';
import { nameToUse } from './name-to-use.js';
import { BACKUP } from './velero-objects.js';

export async function createBackup(deps: ActivityDependencies, { run }: { run: RunRef }): Promise<{ backup: string }> {
  const signal = Context.current().cancellationSignal;
  const record = await deps.store.runs.record(run);
  const source = await clusterOf(deps, record, 'source');
  const { name: backup, exists } = await nameToUse(source, BACKUP, run, signal);
  // A retry of a run that passed its commit point restores from this one.
  await recordWhileRunning(deps, run, { backup });
  if (exists) return { backup };

  const [includedResources, leftBehind, reclaimPolicies, helpersOf] = await Promise.all([
    resourceNames(source, record, signal),
    findLeftBehind(source, record, signal),
    reclaimPoliciesOf(source, record, signal),
    runsWithHelpers(deps, source, record, signal),
  ]);
  await createOwn(
    source,
    backupManifest(backup, record, { includedResources, leftBehind: leftBehind.types, reclaimPolicies, helpersOf }),
    { signal },
  );
  return { backup };
}

/** This run, and recorded ones that have left something there: the label alone keeps no object out of the Backup. */
async function runsWithHelpers(
  { store }: ActivityDependencies,
  source: ClusterClient,
  record: RunRecord,
  signal: AbortSignal,
): Promise<string[]> {
  const scope = { namespaces: sourceNamespaces(record), labelSelector: LABELS.helper, signal };
  const read = await readObjects(source, HELPER_KINDS, scope);
  const known = await recordedRuns(
    store,
    read.flatMap(({ objects }) => objects),
  );
  return [...known.add(record.migration.uid)].sort();
}

/** The kinds a plan includes as Velero names them. */
async function resourceNames(source: ClusterClient, record: RunRecord, signal: AbortSignal): Promise<string[]> {
  if (record.includedResources.length === 0) return [];
  const served = await source.discover({ signal });
  return record.includedResources.map(({ group, kind }) => {
    const resource = served.find((candidate) => candidate.kind === kind && candidate.group === group);
    if (!resource) {
      throw new StepFailure({
        type: FAILURE.NotFound,
        what: `${source.name} serves no ${group ? `${kind}.${group}` : kind}`,
        where: `MigPlan ${record.plan.namespace}/${record.plan.name}, spec.includedResources`,
        why: 'Kind and group must be written as the cluster serves them.',
        next: 'Correct the entry (kubectl api-resources lists them) and create a new migration.',
      });
    }
    return group ? `${resource.resource}.${group}` : resource.resource;
  });
}

const policyOf = (volume: KubeObject | undefined): string | undefined =>
  volume?.metadata.annotations?.[ANNOTATIONS.preQuiesceReclaimPolicy] ?? volume?.spec?.persistentVolumeReclaimPolicy;

/** Reclaim policies the volumes had before, as far as the source still has them; every volume is Retain during the run. */
async function reclaimPoliciesOf(source: ClusterClient, record: RunRecord, signal: AbortSignal): Promise<string[]> {
  const volumes = await Promise.all(
    record.volumes.map(({ persistentVolume }) =>
      source.get({ apiVersion: 'v1', kind: 'PersistentVolume', name: persistentVolume }, { signal }),
    ),
  );
  return [...new Set(volumes.flatMap((volume) => policyOf(volume)?.toLowerCase() ?? []))];
}
