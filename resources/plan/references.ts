import { type ConditionFinding, conditionsOf, hasCondition } from '../meta/conditions.js';
import { critical } from '../meta/findings.js';
import type { KubeObject } from '../meta/kube-object.js';

/** An object a plan refers to, as it was found. */
export interface Lookup {
  reference?: { namespace: string; name: string };
  object?: KubeObject;
}

export interface PlanLookups {
  source: Lookup;
  target: Lookup;
  storage: Lookup;
}

const ROLES = {
  source: {
    field: 'srcMigClusterRef',
    kind: 'MigCluster',
    invalid: 'InvalidSourceClusterRef',
    notReady: 'SourceClusterNotReady',
  },
  target: {
    field: 'destMigClusterRef',
    kind: 'MigCluster',
    invalid: 'InvalidDestinationClusterRef',
    notReady: 'DestinationClusterNotReady',
  },
  storage: { field: 'migStorageRef', kind: 'MigStorage', invalid: 'InvalidStorageRef', notReady: 'StorageNotReady' },
} as const;

/** One that is being deleted is not to be used any more, whatever its last check has found. */
export const isReady = ({ object }: Pick<Lookup, 'object'>): boolean =>
  object?.metadata.deletionTimestamp === undefined && hasCondition(conditionsOf(object), 'Ready');

/** Clusters and storage must be named, be there and be Ready; roles that are not looked up are not needed. */
export const referenceFindings = (lookups: Partial<PlanLookups>): ConditionFinding[] =>
  (Object.keys(ROLES) as (keyof typeof ROLES)[]).flatMap((role) => {
    const lookup = lookups[role];
    return lookup ? referenceFinding(lookup, ROLES[role]) : [];
  });

function referenceFinding(lookup: Lookup, role: (typeof ROLES)[keyof typeof ROLES]): ConditionFinding[] {
  const { field, kind, invalid, notReady } = role;
  const { reference, object } = lookup;
  if (!reference) {
    return [critical(invalid, 'NotSet', `spec.${field} is not set. Name a ${kind}.`)];
  }
  const place = `${kind} ${reference.namespace}/${reference.name}`;
  if (!object) {
    return [
      critical(invalid, 'NotFound', `There is no ${place}, which spec.${field} names. Create it or correct the name.`),
    ];
  }
  if (isReady(lookup)) return [];
  if (object.metadata.deletionTimestamp) {
    return [critical(notReady, 'Deleting', `${place}, which spec.${field} names, is being deleted. Name another one.`)];
  }
  return [critical(notReady, undefined, `${place}, which spec.${field} names, is not Ready. See its conditions.`)];
}
