import type { ConditionFinding } from '../../meta/conditions.js';
import { critical } from '../../meta/findings.js';
import { describeReference, type KubeObject, referenceOf } from '../../meta/kube-object.js';

/** What an application's data hang on, in its source namespaces. */
export interface DataHolders {
  namespaces: readonly KubeObject[];
  claims: readonly KubeObject[];
  volumes: readonly KubeObject[];
}

/**
 * What was deleted and only the application's pods still hold: a claim stays Bound while a pod mounts it, and goes with its volume
 * when the pod ends. Halting the application would delete its data, whatever the plan does with the volume.
 */
export const beingDeleted = ({ namespaces, claims, volumes }: DataHolders): string[] =>
  [...namespaces, ...claims, ...volumes]
    .filter(({ metadata }) => metadata.deletionTimestamp !== undefined)
    .map((object) => `${describeReference(referenceOf(object))} (deleted at ${object.metadata.deletionTimestamp})`)
    .sort();

export const RESCUE =
  'Keep the application running and save its data first: set persistentVolumeReclaimPolicy of the volume to Retain, copy the data into another claim and let the application use that one.';

export function beingDeletedFindings(holders: DataHolders): ConditionFinding[] {
  const found = beingDeleted(holders);
  if (found.length === 0) return [];
  const message = `Claims, volumes or namespaces of the source are being deleted, and go as soon as no pod holds them: []. Halting the application would delete its data. ${RESCUE}`;
  return [critical('SourceBeingDeleted', 'Deleted', message, found)];
}
