import type { MigMigration } from '../../resources/kinds/mig-migration.js';
import type { MigPlan } from '../../resources/kinds/mig-plan.js';
import { identityOf } from '../../resources/meta/kube-object.js';
import { parseMappings } from '../../resources/plan/mappings.js';
import { runVolume } from '../../resources/plan/volumes/run-volume.js';
import { actionsOf } from '../../resources/run/actions.js';
import type { RunCluster, RunRecord, RunRef, RunVolume } from '../../resources/run/run-record.js';
import type { Settings } from '../../resources/run/settings.js';

/** A run that is rolled back. */
export interface RunToUndo {
  record: RunRecord;
  /** It passed its commit point. */
  committed: boolean;
}

export interface RollbackInputs {
  run: RunRef;
  migration: MigMigration;
  plan: MigPlan;
  /** The plan's runs since its last successful rollback, the oldest first. */
  runs: readonly RunToUndo[];
  source: RunCluster;
  target: RunCluster;
  storage: RunRecord['storage'];
  settings: Settings;
}

/** The record of a rollback: wherever the plan's runs were, whatever the plan says by now. */
export function buildRollbackRecord({ run, migration, plan, runs, settings, ...places }: RollbackInputs): RunRecord {
  const conversion = runs.findLast(
    ({ record, committed }) => record.does.starts === 'source-on-new-claims' && committed,
  );
  const shared = new Set(runs.flatMap(({ record }) => record.sharedNamespaces ?? []));
  return {
    migration: { kind: run.kind, namespace: run.namespace, name: run.name, uid: run.uid },
    plan: identityOf(plan),
    attempt: run.attempt,
    itinerary: 'Rollback',
    does: actionsOf('Rollback', { quiesce: conversion !== undefined }),
    options: {
      keepAnnotations: migration.spec.keepAnnotations,
      verify: migration.spec.verify,
    },
    ...places,
    namespaces: namespacesOf(plan, runs),
    ...(shared.size > 0 && { sharedNamespaces: [...shared] }),
    volumes: volumesOf(plan, runs),
    skippedVolumes: [],
    includedResources: [],
    excludedResources: settings.excludedResources,
    // What was halted is known by its annotation; only what a conversion moved to other claims is found by the run's own selection.
    ...(conversion?.record.labelSelector && { labelSelector: conversion.record.labelSelector }),
    settings: settings.run,
    ...(conversion && { converted: true }),
  };
}

function namespacesOf(plan: MigPlan, runs: readonly RunToUndo[]): RunRecord['namespaces'] {
  const all = [
    ...runs.flatMap(({ record }) => record.namespaces),
    ...parseMappings(plan.spec.namespaces).map(({ source, target }) => ({ source, target })),
  ];
  return [...new Map(all.map((mapping) => [`${mapping.source}:${mapping.target}`, mapping])).values()];
}

/** For each volume, the run that passed its commit point decides, else the newest run, else the plan. */
function volumesOf(plan: MigPlan, runs: readonly RunToUndo[]): RunVolume[] {
  const namespaces = parseMappings(plan.spec.namespaces);
  const planned = (plan.spec.persistentVolumes ?? [])
    .filter(({ selection }) => selection?.action === 'copy')
    .map((entry) => runVolume(entry, namespaces));
  const ordered = [...runs.filter(({ committed }) => !committed), ...runs.filter(({ committed }) => committed)];
  const all = [...planned, ...ordered.flatMap(({ record }) => record.volumes)];
  return [...new Map(all.map((volume) => [volume.id, volume])).values()];
}
