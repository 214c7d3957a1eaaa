import type { KubeObject } from '../../resources/meta/kube-object.js';
import { LABELS } from '../../resources/meta/labels.js';
import { directVolumeName, volumeProgressName } from '../../resources/run/names.js';
import type { RunRecord } from '../../resources/run/run-record.js';
import type { Attempt } from './attempt.js';
import { entry, inCluster, ours, type TreeNode, velero } from './tree-node.js';

/** The objects of this service that show the copies of the migration. */
export interface ShownCopies {
  migrations: readonly KubeObject[];
  progresses: readonly KubeObject[];
}

/** What belongs to a migration: its plan above it, its attempts below, and what each of these did and created, as recorded. */
export function treeOf(
  migration: KubeObject,
  plan: KubeObject | undefined,
  attempts: readonly Attempt[],
  copies: ShownCopies,
): TreeNode {
  const { namespace = '', name } = migration.metadata;
  const root: TreeNode = {
    ...ours('MigMigration', namespace, name),
    state: migration.status?.phase,
    children: attempts.map((attempt) => attemptNode(attempt, copies)),
  };
  const reference = migration.spec.migPlanRef;
  if (!reference) return root;
  const above = ours('MigPlan', reference.namespace ?? namespace, reference.name);
  return { ...above, ...(!plan && { objectLink: undefined, state: 'gone' }), children: [root] };
}

function attemptNode(attempt: Attempt, copies: ShownCopies): TreeNode {
  const { run, steps } = attempt;
  const { record } = run;
  return {
    ...entry('Attempt', String(run.ref.attempt), run.state),
    children: [
      ...steps.map(({ name, state }) => entry('Step', name, state)),
      ...(record
        ? [...veleroNodes(attempt, record), ...copyNodes(attempt, record, copies), ...hookNodes(attempt, record)]
        : []),
    ],
  };
}

/** The Backup an attempt took or, after the commit point, continued with, and the Restore it took part in. */
function veleroNodes({ run, steps }: Attempt, record: RunRecord): TreeNode[] {
  const stateOf = (step: string): string | undefined => steps.find(({ name }) => name === step)?.state;
  const { backup, restore } = run.facts;
  const restored = stateOf('Restore');
  return [
    ...(backup
      ? [{ ...velero(record, 'source', 'Backup', backup), state: record.resume ? 'Completed' : stateOf('Backup') }]
      : []),
    ...(restore && restored ? [{ ...velero(record, 'target', 'Restore', restore), state: restored }] : []),
  ];
}

function copyNodes(
  { run, transfers }: Attempt,
  record: RunRecord,
  { migrations, progresses }: ShownCopies,
): TreeNode[] {
  const { namespace } = run.ref;
  const shown = migrations.find(({ metadata }) => metadata.name === directVolumeName(run.ref));
  if (!shown && transfers.length === 0) return [];
  const volumes = record.volumes.map((volume): TreeNode => {
    const { source, target, key, id } = volume;
    const claims = [
      inCluster(record, 'source', 'PersistentVolumeClaim', source.namespace, source.claim),
      inCluster(record, 'target', 'PersistentVolumeClaim', target.namespace, target.claim),
    ];
    const last = transfers.find(({ volumeId, pass }) => volumeId === id && pass === 'final');
    const state = (last ?? transfers.find(({ volumeId }) => volumeId === id))?.phase;
    const progress = progresses.find(
      ({ metadata }) =>
        metadata.name === volumeProgressName(run.ref, key) &&
        metadata.labels?.[LABELS.directVolumeMigration] === shown?.metadata.uid,
    );
    return progress
      ? { ...ours('DirectVolumeMigrationProgress', namespace, progress.metadata.name), state, children: claims }
      : { ...entry('Volume', id, state), children: claims };
  });
  if (!shown) return volumes;
  const node = ours('DirectVolumeMigration', namespace, shown.metadata.name);
  return [{ ...node, state: shown.status?.phase, children: volumes }];
}

const hookNodes = ({ run, steps }: Attempt, { hooks = [] }: RunRecord): TreeNode[] =>
  hooks.map(({ name, phase }) => ({
    ...ours('MigHook', run.ref.namespace, name),
    state: `${phase}: ${steps.find((step) => step.name === `${phase}Hooks`)?.state ?? 'not begun'}`,
  }));
