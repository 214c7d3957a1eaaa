import type { RecordedObject } from '../run/created-object.js';

export interface RollbackList {
  /** What is deleted, in this order; one entry where several runs made an object of one name, with the uid of the newest. */
  objects: RecordedObject[];
  /**
   * PersistentVolumes the plan's runs set to Retain. Each gets its former reclaim policy back: by it the cluster deletes the volume with its
   * claim, or keeps it, Released.
   */
  volumes: RecordedObject[];
  /** On clusters the plan no longer migrates to: they are not removed. */
  elsewhere: RecordedObject[];
}

/**
 * Everything a rollback removes if it is still there and still carries the plan's label.
 *
 * @param recorded what the plan's runs made, the oldest run's first
 * @param target the cluster that is rolled back; if absent that of the newest object
 */
export function rollbackList(
  recorded: readonly RecordedObject[],
  target: { uid: string; clusterUid: string } | undefined = clusterOf(recorded.at(-1)),
): RollbackList {
  const isHere = ({ cluster, clusterUid }: RecordedObject): boolean =>
    cluster === target?.uid || (clusterUid !== '' && clusterUid === target?.clusterUid);
  const here = newestOfEach(recorded.filter(isHere));
  return {
    objects: here.filter(({ kind }) => kind !== 'PersistentVolume').sort(inOrderOfRemoval),
    volumes: here.filter(({ kind }) => kind === 'PersistentVolume').sort(byName),
    elsewhere: newestOfEach(recorded.filter((object) => !isHere(object))),
  };
}

/** `{ Deployment: 2, Secret: 1 }`, kinds in alphabetical order. */
export function countByKind(objects: readonly { kind: string }[]): Record<string, number> {
  const groups = Object.entries(Object.groupBy(objects, ({ kind }) => kind));
  return Object.fromEntries(groups.map(([kind, found = []]) => [kind, found.length] as const).sort());
}

/** Deleted in this order; each stage is waited for, since what is used goes after what uses it. */
const REMOVAL_STAGES = ['objects', 'claims', 'clusterScoped', 'definitions', 'namespaces'] as const;
export type RemovalStage = (typeof REMOVAL_STAGES)[number];

export function removalStageOf({ kind, namespace }: { kind: string; namespace?: string }): RemovalStage {
  if (kind === 'PersistentVolumeClaim') return 'claims';
  if (namespace !== undefined) return 'objects';
  if (kind === 'CustomResourceDefinition') return 'definitions';
  return kind === 'Namespace' ? 'namespaces' : 'clusterScoped';
}

const clusterOf = (object: RecordedObject | undefined) =>
  object && { uid: object.cluster, clusterUid: object.clusterUid };

/** An object made again has another uid, and one kind may be recorded in two versions of its group. */
const newestOfEach = (recorded: readonly RecordedObject[]): RecordedObject[] => [
  ...new Map(
    recorded.map((object) => [
      [object.cluster, groupOf(object), object.kind, object.namespace ?? '', object.name].join('\n'),
      object,
    ]),
  ).values(),
];

const groupOf = ({ apiVersion }: RecordedObject): string =>
  apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';

const inOrderOfRemoval = (a: RecordedObject, b: RecordedObject): number =>
  REMOVAL_STAGES.indexOf(removalStageOf(a)) - REMOVAL_STAGES.indexOf(removalStageOf(b)) || byName(a, b);

const byName = (a: RecordedObject, b: RecordedObject): number =>
  (a.namespace ?? '').localeCompare(b.namespace ?? '') || a.kind.localeCompare(b.kind) || a.name.localeCompare(b.name);
