import type { ClusterClient } from '../../clusters/cluster-client.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { LABELS } from '../../resources/meta/labels.js';
import { type RollbackList, rollbackList } from '../../resources/rollback/rollback-list.js';
import type { CreatedObject, RecordedObject } from '../../resources/run/created-object.js';
import type { RunRecord } from '../../resources/run/run-record.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { readObjects } from '../kit/read-objects.js';

/** What the plan's runs made, by what Postgres recorded of it. */
export interface PlanCreations extends RollbackList {
  planUid: string;
  /** uids of the plan's runs: their helpers carry them. */
  runs: ReadonlySet<string>;
  /** uids of everything recorded, also of objects that others of the same name have followed. */
  created: ReadonlySet<string>;
}

export async function readCreations(
  { store }: ActivityDependencies,
  { plan, target }: Pick<RunRecord, 'plan' | 'target'>,
): Promise<PlanCreations> {
  const [recorded, runs] = await Promise.all([store.runs.createdBy(plan.uid), store.runs.ofPlan(plan.uid)]);
  return {
    ...rollbackList(recorded, target),
    planUid: plan.uid,
    runs: new Set(runs.map(({ ref }) => ref.uid)),
    created: new Set(recorded.map(({ uid }) => uid)),
  };
}

/** What of it is still there, and what has taken its place. */
export interface FoundCreations {
  /** Marked with the plan's label and known by uid: a rollback's to remove. */
  ours: KubeObject[];
  /** With the names of ours, but created again by others, or without the label. */
  others: KubeObject[];
}

/** Looks for recorded objects on their cluster, type by type. What is of a type not served any more is gone. */
export async function findCreations(
  client: ClusterClient,
  wanted: readonly RecordedObject[],
  { planUid, created }: Pick<PlanCreations, 'planUid' | 'created'>,
  signal?: AbortSignal,
): Promise<FoundCreations> {
  const groups = Map.groupBy(wanted, ({ apiVersion, kind }) => `${apiVersion} ${kind}`);
  const found = await Promise.all(
    [...groups.values()].map(async (group) => {
      const [{ apiVersion, kind }] = group as [RecordedObject];
      const namespaces = [...new Set(group.map(({ namespace = '' }) => namespace))];
      const lists = await readObjects(client, [{ apiVersion, kind }], { namespaces, signal });
      const names = new Set(group.map(nameOf));
      return lists.flatMap(({ objects }) => objects).filter(({ metadata }) => names.has(nameOf(metadata)));
    }),
  );
  const all = found.flat();
  const isOurs = ({ metadata }: KubeObject): boolean =>
    metadata.labels?.[LABELS.migratedByPlan] === planUid && created.has(metadata.uid ?? '');
  return { ours: all.filter(isOurs), others: all.filter((object) => !isOurs(object)) };
}

const nameOf = ({ namespace = '', name }: Pick<CreatedObject, 'namespace' | 'name'>): string => `${namespace}/${name}`;
