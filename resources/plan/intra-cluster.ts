import type { MigPlan } from '../kinds/mig-plan.js';
import type { ConditionFinding } from '../meta/conditions.js';
import { critical, warn } from '../meta/findings.js';
import type { KubeObject } from '../meta/kube-object.js';
import { isUnmapped } from './itinerary.js';
import { parseMappings } from './mappings.js';

/** OpenShift's: by them the pods of a namespace may read its volumes. */
const PERMISSIONS = ['uid-range', 'supplemental-groups', 'mcs'].map((name) => `openshift.io/sa.scc.${name}`);

/**
 * A plan whose source and target are one cluster.
 *
 * @param pairs namespaces of the source and those they are mapped onto, where both are there
 */
export function intraClusterFindings(
  { spec }: MigPlan,
  pairs: readonly { source: KubeObject; target: KubeObject }[],
): ConditionFinding[] {
  const type = 'IntraClusterMigration';
  if (spec.indirectVolumeMigration) {
    return [
      critical(
        type,
        'NamespaceMigrationPlan',
        'Source and target are one cluster: spec.indirectVolumeMigration must be false.',
      ),
    ];
  }
  const namespaces = parseMappings(spec.namespaces);
  const unmapped = namespaces.filter(isUnmapped).map(({ source }) => source);
  if (unmapped.length > 0 && unmapped.length < namespaces.length) {
    return [
      critical(
        type,
        'ConflictingNamespaces',
        'Source and target are one cluster, and only some namespaces are mapped onto another one: [] are not. Map all of them in spec.namespaces, or none to give their volumes another storage class.',
        unmapped,
      ),
    ];
  }
  const differing = pairs
    .filter(({ source, target }) =>
      PERMISSIONS.some((key) => source.metadata.annotations?.[key] !== target.metadata.annotations?.[key]),
    )
    .map(({ source, target }) => `${source.metadata.name} and ${target.metadata.name}`);
  if (differing.length === 0) return [];
  return [
    warn(
      type,
      'ConflictingPermissions',
      'Users, groups or MCS labels of namespaces differ, and pods may not read the files of the other: []. See NamespaceAnnotationsDiffer.',
      differing,
    ),
  ];
}
