import { isGoneOrReplaced, type MigrationStore, SYSTEM_ACTOR } from '../../migrations-db/migration-store.js';
import { attemptOf } from '../../resources/kinds/retry.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { MIGRATION_FINALIZER } from '../../resources/meta/labels.js';
import type { RunRef } from '../../resources/run/run-record.js';
import { closeVolumes } from '../direct-volumes/close-volumes.js';
import { findRunObject, runKey } from '../records/run-objects.js';

/** Makes room for the next migration of the plan, closes what shows the copies and lets go of what was run. Idempotent; nothing of it needs to be there. */
export async function finishRun(store: MigrationStore, run: RunRef): Promise<void> {
  const planUid = await heldPlan(store, run);
  if (planUid !== undefined) await store.runs.releasePlan(planUid, run);
  await closeVolumes(store, run);
  await closePlan(store, run);
  await unlessGone(
    store.resources.update(
      runKey(run),
      (current) => (attemptOf(current) > run.attempt ? current : withoutFinalizer(current)),
      { actor: SYSTEM_ACTOR, uid: run.uid },
    ),
  );
}

/** A plan that migrates chosen objects does so once. */
async function closePlan(store: MigrationStore, run: RunRef): Promise<void> {
  const row = await store.runs.get(run);
  const succeeded = row?.state === 'Succeeded' || row?.state === 'SucceededWithWarnings';
  if (!succeeded || !row?.record?.options.closesPlan) return;
  const { namespace, name, uid } = row.record.plan;
  await unlessGone(
    store.resources.update(
      { kind: 'MigPlan', namespace, name },
      ({ spec, ...rest }) => ({ ...rest, spec: { ...spec, closed: true } }),
      { actor: SYSTEM_ACTOR, uid },
    ),
  );
}

async function unlessGone(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!isGoneOrReplaced(error)) throw error;
  }
}

/** The finalizer of a next attempt, requested as soon as this one was seen to fail, stays. */
const withoutFinalizer = ({ metadata, ...rest }: KubeObject): KubeObject => ({
  ...rest,
  metadata: { ...metadata, finalizers: metadata.finalizers?.filter((finalizer) => finalizer !== MIGRATION_FINALIZER) },
});

/** The plan by the frozen record, or, when the run never got so far, by the owner that waitForTurn wrote on the migration. */
async function heldPlan(store: MigrationStore, run: RunRef): Promise<string | undefined> {
  const row = await store.runs.get(run);
  if (row?.record) return row.record.plan.uid;
  const migration = await findRunObject(store, run);
  return migration?.metadata.ownerReferences?.find(({ kind }) => kind === 'MigPlan')?.uid;
}
