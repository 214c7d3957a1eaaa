import type { ClusterClient } from '../../clusters/cluster-client.js';
import { describeReference, type KubeObject, referenceOf } from '../../resources/meta/kube-object.js';
import { LABELS, PART_OF } from '../../resources/meta/labels.js';
import { helperName, shortHash } from '../../resources/run/names.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import type { ActivityDependencies } from '../kit/dependencies.js';

/** Holds any object as it is and cannot be changed once it is written. */
const CONTROLLER_REVISION = { apiVersion: 'apps/v1', kind: 'ControllerRevision' } as const;

/** Role of the helper that keeps a workload while it is deleted to be created again. */
const SAVED_WORKLOAD = 'saved-workload';

/** What a helper keeps of a workload. */
export interface SavedWorkload {
  helper: KubeObject;
  /** The workload as it is to be created again. */
  manifest: KubeObject;
  /** uid of the one that is deleted for it. */
  uid: string;
}

/** A helper of the run in the workload's own namespace: whoever may read the one may read the other. */
export function savedWorkload(run: RunRef, before: KubeObject, manifest: KubeObject): KubeObject {
  const { namespace, uid } = before.metadata;
  const key = shortHash(describeReference(referenceOf(before)));
  return {
    ...CONTROLLER_REVISION,
    metadata: {
      name: helperName(run, SAVED_WORKLOAD, key),
      namespace,
      labels: { [LABELS.partOf]: PART_OF, [LABELS.helper]: run.uid, [LABELS.helperRole]: SAVED_WORKLOAD },
    },
    revision: 1,
    // As text: the API server would read a known kind as such and leave out what it does not know.
    data: { workload: JSON.stringify({ uid, manifest }) },
  };
}

/** Undefined for helpers of other roles. */
function readSavedWorkload(helper: KubeObject): SavedWorkload | undefined {
  if (helper.kind !== CONTROLLER_REVISION.kind || helper.metadata.labels?.[LABELS.helperRole] !== SAVED_WORKLOAD) {
    return undefined;
  }
  const { uid, manifest } = JSON.parse(helper.data.workload) as { uid: string; manifest: KubeObject };
  return { helper, manifest, uid };
}

/**
 * What is saved of workloads that a killed attempt may have deleted and not yet created again; also those that a failed run of the
 * plan left to the next one.
 */
export async function savedWorkloads(
  { store }: ActivityDependencies,
  client: ClusterClient,
  record: RunRecord,
  namespaces: readonly string[],
  signal: AbortSignal,
): Promise<SavedWorkload[]> {
  const uids = new Set((await store.runs.ofPlan(record.plan.uid)).map(({ ref }) => ref.uid));
  const labelSelector = `${LABELS.helperRole}=${SAVED_WORKLOAD}`;
  const lists = await Promise.all(
    namespaces.map((namespace) => client.list(CONTROLLER_REVISION, { namespace, labelSelector, signal })),
  );
  return lists
    .flatMap(({ items }) => items)
    .filter(({ metadata }) => uids.has(metadata.labels?.[LABELS.helper] ?? ''))
    .flatMap((helper) => readSavedWorkload(helper) ?? []);
}

/** Whether a helper keeps the only copy of a workload: it must not be removed before the workload is there again. */
export async function keepsOnlyCopy(client: ClusterClient, helper: KubeObject, signal: AbortSignal): Promise<boolean> {
  const saved = readSavedWorkload(helper);
  return saved !== undefined && (await client.get(referenceOf(saved.manifest), { signal })) === undefined;
}
